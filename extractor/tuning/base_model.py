"""The base model: a GGUF file in, its weights in torch and its tokenizer out.

Weights are those that inference computes with: quantised ones are taken apart as the
server does. Only models of the architecture qwen2 are read.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers.models.qwen2.modeling_qwen2 import Qwen2RotaryEmbedding

from extractor.core.errors import ConfigError

ARCHITECTURE = "qwen2"
_CONTEXT = 4096
"""Tokens of the longest sample that positions are computed for."""
_CONTROL, _USER_DEFINED = 3, 4
"""Kinds of tokens that are never made from letters."""
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where the tokenizer of Qwen2 cuts before it looks for tokens."""
_TOP = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output.weight": "lm_head.weight",
    "output_norm.weight": "model.norm.weight",
}
LINEAR = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""Linear layers of a block: their name in GGUF, their name in torch."""
_IN_BLOCK = LINEAR | {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}


class Base(NamedTuple):
    """A base model, ready to be trained on."""

    model: Any
    """`Qwen2ForCausalLM`, on the device, its weights frozen."""
    tokenizer: Any
    """`tokenizers.Tokenizer`, with the ids of the server."""
    padding: int
    """The token behind the end of a short sample."""
    device: str
    """`cuda` or `cpu`."""
    precision: str
    """Type of the weights: `bfloat16` or `float32`."""


def load_base(path: Path) -> Base:
    """Load a base model onto the GPU, or the CPU where there is none.

    Raises:
        ConfigError: the file is no GGUF model of the architecture.
    """
    try:
        reader = GGUFReader(path)
    except (OSError, ValueError, IndexError) as error:
        raise ConfigError(
            f"the base model {str(path)!r} is not a GGUF file ({error}); name one with "
            "--base"
        ) from error
    architecture = _field(reader, "general.architecture")
    if architecture != ARCHITECTURE:
        raise ConfigError(
            f"the base model {str(path)!r} is a {architecture!r} model, only "
            f"{ARCHITECTURE!r} can be tuned; name one with --base"
        )
    device, dtype = _device()
    model = _model(reader, device, dtype)
    for parameter in model.parameters():
        parameter.requires_grad_(requires_grad=False)
    return Base(
        model=model,
        tokenizer=_tokenizer(reader),
        padding=_field(reader, "tokenizer.ggml.padding_token_id") or 0,
        device=device,
        precision=str(dtype).removeprefix("torch."),
    )


def _field(reader: Any, name: str) -> Any:
    """Return what the file says of itself under a name, None where it does not."""
    field = reader.fields.get(name)
    return field.contents() if field else None


def _device() -> tuple[str, Any]:
    """Return where to train and the type of the frozen weights there."""
    if torch.cuda.is_available():
        # Its attention was suspected of losses that are no number.
        torch.backends.cuda.enable_cudnn_sdp(enabled=False)
        is_fast = torch.cuda.is_bf16_supported(including_emulation=False)
        return "cuda", torch.bfloat16 if is_fast else torch.float32
    return "cpu", torch.bfloat16 if _cpu_has_bfloat16() else torch.float32


def _cpu_has_bfloat16() -> bool:
    """Say whether the CPU multiplies in bfloat16; without, it is slower than float."""
    if platform.machine().lower() in {"arm64", "aarch64"}:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in asked)


def _model(reader: Any, device: str, dtype: Any) -> Any:
    """Return the model with the weights of the file."""
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    config = _config(reader, tensors)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("meta"):
            model = Qwen2ForCausalLM(config)
    finally:
        torch.set_default_dtype(before)
    weights = dict(_weights(tensors, device, dtype))
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise ConfigError(f"the base model has other weights: {reason}") from error
    model.model.rotary_emb = Qwen2RotaryEmbedding(config).to(device)
    return model


def _config(reader: Any, tensors: dict[str, Any]) -> Any:
    def own(name: str) -> Any:
        return _field(reader, f"{ARCHITECTURE}.{name}")

    config = Qwen2Config(
        vocab_size=int(tensors["token_embd.weight"].shape[1]),
        hidden_size=own("embedding_length"),
        intermediate_size=own("feed_forward_length"),
        num_hidden_layers=own("block_count"),
        num_attention_heads=own("attention.head_count"),
        num_key_value_heads=own("attention.head_count_kv"),
        rms_norm_eps=own("attention.layer_norm_rms_epsilon"),
        max_position_embeddings=_CONTEXT,
        tie_word_embeddings="output.weight" not in tensors,
    )
    theta = own("rope.freq_base")
    config.rope_parameters = {"rope_type": "default", "rope_theta": theta}
    config._attn_implementation = "sdpa"
    return config


def _weights(
    tensors: dict[str, Any], device: str, dtype: Any
) -> Iterator[tuple[str, Any]]:
    """Yield each weight by its name in torch."""

    def read(name: str) -> Any:
        tensor = tensors[name]
        values = dequantize(tensor.data, tensor.tensor_type)
        return torch.from_numpy(np.array(values, dtype=np.float32)).to(device, dtype)

    names = {name: own for name in tensors if (own := _torch_name(name))}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from zip(names.values(), pool.map(read, names), strict=True)


def _torch_name(name: str) -> str | None:
    """Return what torch calls a tensor, None for one that it computes itself."""
    if name in _TOP:
        return _TOP[name]
    block, _, rest = name.removeprefix("blk.").partition(".")
    layer, _, kind = rest.rpartition(".")
    own = _IN_BLOCK.get(layer)
    return f"model.layers.{block}.{own}.{kind}" if own else None


def _tokenizer(reader: Any) -> Any:
    """Return the tokenizer that the file describes."""
    tokens = _field(reader, "tokenizer.ggml.tokens")
    kinds = _field(reader, "tokenizer.ggml.token_type")
    merges = _field(reader, "tokenizer.ggml.merges")
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: number for number, token in enumerate(tokens)},
            merges=[tuple(merge.split(" ")) for merge in merges],
        )
    )
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = PreTokenizers(
        [
            Split(Regex(_WORDS), "isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, kinds, strict=True)
            if kind in {_CONTROL, _USER_DEFINED}
        ]
    )
    return tokenizer
