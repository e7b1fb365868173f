// Watch a job: the page as the server renders it, again and again until it is over.
// Without script the page refreshes itself.
"use strict";
{
  const EVERY_MS = 700;

  const look = async () => {
    const response = await fetch(location.href, { redirect: "manual" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const job = page.getElementById("job");
    if (!job) {
      location.reload(); // to where the page leads when all went well
      return;
    }
    document.title = page.title;
    document.getElementById("job").replaceWith(document.adoptNode(job));
    if (job.matches(".is-waiting, .is-running")) setTimeout(watch, EVERY_MS);
  };

  // A server that is stopped is waited for.
  const watch = () => look().catch(() => setTimeout(watch, 5 * EVERY_MS));
  setTimeout(watch, EVERY_MS);
}
