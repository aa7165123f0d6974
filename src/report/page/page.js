"use strict";
(() => {
  document.documentElement.classList.add("js");
  const data = JSON.parse(document.getElementById("answer").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const sound = byId("sound"), slider = byId("position"), head = byId("playhead");
  const chosen = data.sentences.map((s) => s.verdict);
  const words = new Map(all(".w").map((w) => [Number(w.dataset.w), w]));
  const clock = (s) => `${Math.floor(Math.round(s) / 60)}:${String(Math.round(s) % 60).padStart(2, "0")}`;
  const choice = (i) => data.sentences[i].choices.find((c) => c.verdict === chosen[i]);

  /* What is played when the cut list is followed: runs of kept words, from edge to edge. */
  let stretches = [];
  function follow() {
    stretches = [];
    let last = -2;
    for (const i of data.sentences.keys()) for (const w of choice(i).kept) {
      const edge = data.edges[w];
      if (!edge) continue;
      const tail = stretches[stretches.length - 1];
      if (tail && last + 1 === w) tail[1] = Math.max(tail[1], edge[1]);
      else {
        const from = Math.max(edge[0], tail ? tail[1] : 0);
        stretches.push([from, Math.max(edge[1], from)]);
      }
      last = w;
    }
    stretches = stretches.filter(([from, to]) => to > from);
  }

  /* The verdicts as they stand, shown everywhere. */
  function show(tell) {
    let saved = 0, kept = 0, cuts = 0, changed = false;
    const texts = [];
    for (const [i, sentence] of data.sentences.entries()) {
      const now = choice(i), stays = new Set(now.kept), item = byId(`s${i + 1}`);
      saved += now.saves_s ?? 0; kept += now.kept.length; cuts += now.verdict === "cut";
      if (now.text) texts.push(now.text);
      item.dataset.verdict = now.verdict;
      for (let w = sentence.lo; w < sentence.hi; w++) words.get(w)?.classList.toggle("gone", now.verdict !== "cut" && !stays.has(w));
      /* What is printed, and read without script. */
      const label = item.querySelector(".verdict");
      label.textContent = now.verdict[0].toUpperCase() + now.verdict.slice(1);
      label.className = `verdict ${now.verdict} without-script`;
      const other = now.verdict !== sentence.verdict;
      changed ||= other;
      item.querySelector(".yours").textContent = other ? `Your choice; the tool says ${sentence.verdict}.` : "";
      for (const piece of all(`[data-piece="${i}"]`)) piece.setAttribute("class", `piece ${now.verdict}`);
    }
    const length = data.length_s === null
      ? `${kept} of ${words.size} words`
      : `${Math.max(0, data.length_s - saved).toFixed(0)} s of ${data.length_s.toFixed(0)} s`;
    byId("length").textContent = length;
    byId("tightened").replaceChildren(...(texts.length ? texts : ["Nothing is left."]).map((text) => {
      const p = document.createElement("p");
      p.textContent = text;
      return p;
    }));
    byId("undo").disabled = !changed;
    follow();
    if (byId("play-cut")) byId("play-cut").disabled = stretches.length === 0;
    if (tell) byId("told").textContent = `${length} left; ${cuts} of ${data.sentences.length} sentences cut.`;
  }

  for (const input of all("fieldset input")) input.addEventListener("change", () => {
    chosen[Number(input.name.slice(1))] = input.value;
    show(true);
  });
  byId("undo").addEventListener("click", () => {
    for (const [i, s] of data.sentences.entries()) {
      chosen[i] = s.verdict;
      document.querySelector(`input[name="v${i}"][value="${s.verdict}"]`).checked = true;
    }
    show(true);
  });
  byId("copy").addEventListener("click", async () => {
    const text = [...byId("tightened").children].map((p) => p.textContent).join(" ");
    try {
      await navigator.clipboard.writeText(text);
      byId("told").textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(byId("tightened"));
      byId("told").textContent = "Selected; copy it with your keyboard.";
    }
  });
  show(false);
  if (!sound) return;

  let following = false, lit = null;
  const play = byId("play"), playCut = byId("play-cut");
  const total = () => (Number.isFinite(sound.duration) ? sound.duration : data.duration_s);

  /* Whoever follows the cut list never hears what is cut. */
  function skip() {
    if (!following) return;
    const t = sound.currentTime;
    const next = stretches.find(([, to]) => t < to - 0.01);
    if (!next) { sound.pause(); following = false; }
    else if (t < next[0] - 0.01) sound.currentTime = next[0];
  }
  function draw() {
    const t = sound.currentTime;
    head.setAttribute("x1", `${(100 * t) / total()}%`);
    head.setAttribute("x2", `${(100 * t) / total()}%`);
    slider.value = t;
    slider.setAttribute("aria-valuetext", `${clock(t)} of ${clock(total())}`);
    byId("clock").textContent = `${clock(t)} of ${clock(total())}`;
    let low = 0, high = data.starts.length;
    while (low < high) { const mid = (low + high) >> 1; if (data.starts[mid][0] <= t + 0.02) low = mid + 1; else high = mid; }
    const at = low ? words.get(data.starts[low - 1][1]) : null;
    if (at !== lit) { lit?.classList.remove("now"); lit = at; lit?.classList.add("now"); }
  }
  function label() {
    const on = !sound.paused;
    play.textContent = on && !following ? "Pause" : "Play the answer";
    playCut.textContent = on && following ? "Pause" : "Play the cut answer";
  }
  function tick() {
    skip();
    draw();
    if (!sound.paused) requestAnimationFrame(tick);
  }
  function start(cut) {
    const again = !sound.paused && following === cut;
    if (again) { sound.pause(); return; }
    following = cut;
    if (sound.ended || sound.currentTime >= total() - 0.05) sound.currentTime = 0;
    if (cut && stretches.length && sound.currentTime >= stretches[stretches.length - 1][1] - 0.05) sound.currentTime = stretches[0][0];
    skip();
    label();
    if (sound.paused) sound.play().catch(() => { byId("told").textContent = "The sound cannot be played here."; });
  }
  function hear(t) {
    following = false;
    sound.currentTime = t;
    label();
    if (sound.paused) sound.play().catch(() => { byId("told").textContent = "The sound cannot be played here."; });
  }
  play.addEventListener("click", () => start(false));
  playCut.addEventListener("click", () => start(true));
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, label);
  sound.addEventListener("play", tick);
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) sound.addEventListener(event, () => { skip(); draw(); });
  slider.addEventListener("input", () => { following = false; sound.currentTime = Number(slider.value); draw(); label(); });
  byId("timeline").addEventListener("click", (event) => {
    const box = byId("timeline").getBoundingClientRect();
    sound.currentTime = (total() * Math.min(Math.max(event.clientX - box.left, 0), box.width)) / box.width;
    draw();
  });
  byId("sentences").addEventListener("click", (event) => {
    const word = event.target.closest(".w"), button = event.target.closest("button[data-from]");
    if (word && data.edges[word.dataset.w]) hear(data.edges[word.dataset.w][0]);
    else if (button) hear(Number(button.dataset.from));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    start(following);
  });
  draw();
})();
