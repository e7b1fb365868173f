"""A tiny model of the architecture that is tuned, with weights by chance."""

from __future__ import annotations

from pathlib import Path

LAYERS, HIDDEN, INNER, HEADS, KEY_HEADS = 2, 32, 48, 4, 2
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_BPE, _NORMAL, _CONTROL = "gpt2", 1, 3


def byte_letters() -> list[str]:
    """Return the letters that stand for the 256 bytes in byte-level vocabularies."""
    printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printed]
    letters = {byte: chr(byte) for byte in printed}
    letters |= {byte: chr(256 + at) for at, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def write_tiny_base(path: Path, architecture: str = "qwen2") -> Path:
    """Write the model as a GGUF file; its tokens are bytes."""
    import gguf
    import numpy as np

    tokens = [*byte_letters(), "ab", *SPECIAL]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model(_BPE)
    writer.add_token_list(tokens)
    writer.add_token_types([_NORMAL] * 257 + [_CONTROL] * len(SPECIAL))
    writer.add_token_merges(["a b"])
    writer.add_pad_token_id(257)
    chance = np.random.default_rng(5)
    for name, shape in _shapes(len(tokens)).items():
        values = chance.normal(0, 0.1, shape) + name.endswith("norm.weight")
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(tokens: int) -> dict[str, tuple[int, ...]]:
    key = HIDDEN // HEADS * KEY_HEADS
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (tokens, HIDDEN),
        "output_norm.weight": (HIDDEN,),
    }
    for block in range(LAYERS):
        own = {
            "attn_norm.weight": (HIDDEN,),
            "ffn_norm.weight": (HIDDEN,),
            "attn_q.weight": (HIDDEN, HIDDEN),
            "attn_q.bias": (HIDDEN,),
            "attn_k.weight": (key, HIDDEN),
            "attn_k.bias": (key,),
            "attn_v.weight": (key, HIDDEN),
            "attn_v.bias": (key,),
            "attn_output.weight": (HIDDEN, HIDDEN),
            "ffn_gate.weight": (INNER, HIDDEN),
            "ffn_up.weight": (INNER, HIDDEN),
            "ffn_down.weight": (HIDDEN, INNER),
        }
        shapes |= {f"blk.{block}.{name}": shape for name, shape in own.items()}
    return shapes
