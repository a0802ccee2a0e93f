// Frames of a sequence with what methods answered, what is true, and the difference.
"use strict";

window.vosbench = window.vosbench || {};

(function () {
  const PER_SECOND = 12; // frames while playing
  const AHEAD = 4; // pictures fetched before they are needed
  const SETTLED = 200; // milliseconds after which the address tells the frame
  const SVG = "http://www.w3.org/2000/svg";

  let facts; // of the sequence, as its page tells them
  let elements;
  let state;
  let turn = 0; // counts what was asked to be shown, so that only the last is
  let playing = null; // stands for one time of playing
  let telling = 0;
  const pictures = new Map(); // address → promise of a picture that is decoded

  function find(id) {
    return document.getElementById(id);
  }

  function runOf(key) {
    return facts.runs.find((run) => run.key === key);
  }

  function clamp(frame) {
    return Math.max(0, Math.min(facts.frames.length - 1, frame));
  }

  function picture(frame) {
    const address = `${facts.pictures}${String(frame).padStart(5, "0")}.jpg`;
    if (!pictures.has(address)) {
      const image = new Image();
      image.src = address;
      pictures.set(address, image.decode().then(() => address));
    }
    return pictures.get(address);
  }

  // The address of a page: which run, object and frame.
  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const number = Number.parseInt(asked.get("frame") ?? "", 10);
    const run = runOf(asked.get("run"));
    const second = runOf(asked.get("beside"));
    const object = asked.get("object");
    return {
      first: run ? run.key : undefined,
      second: second ? second.key : undefined,
      object: facts.objects.includes(object) ? object : undefined,
      frame: Number.isNaN(number) ? undefined : clamp(number),
    };
  }

  function tellAddress() {
    const said = new URLSearchParams();
    said.set("run", state.first);
    if (state.second) {
      said.set("beside", state.second);
    }
    if (state.object !== facts.objects[0]) {
      said.set("object", state.object);
    }
    said.set("frame", String(state.frame));
    const hash = `#${said}`;
    if (location.hash !== hash) {
      history.replaceState(null, "", hash);
    }
  }

  function change(wanted) {
    for (const [name, value] of Object.entries(wanted)) {
      if (value !== undefined) {
        state[name] = value;
      }
    }
    window.clearTimeout(telling);
    telling = window.setTimeout(tellAddress, SETTLED);
    show();
  }

  function perCent(value) {
    return value === null || value === undefined ? "–" : (100 * value).toFixed(1);
  }

  function showNumbers() {
    const name = facts.frames[state.frame];
    const last = facts.frames.length - 1;
    elements.slider.value = String(state.frame);
    elements.slider.setAttribute("aria-valuetext", `frame ${state.frame} of ${last}, ${name}`);
    elements.place.textContent = `frame ${state.frame} of ${last}`;
    document.querySelectorAll("[data-object]").forEach(function (set) {
      set.toggleAttribute("hidden", set.dataset.object !== state.object); // of SVG, too
    });
    document.querySelectorAll("line.cursor").forEach(function (line) {
      line.setAttribute("x1", String(state.frame));
      line.setAttribute("x2", String(state.frame));
    });
    document.querySelectorAll("[data-values]").forEach(function (output) {
      const values = runOf(output.dataset.values).values[state.object];
      const [J, F] = values ? [values.J[state.frame], values.F[state.frame]] : [null, null];
      output.textContent = `J ${perCent(J)}  F ${perCent(F)}`;
    });
    document.querySelectorAll("[data-run]").forEach(function (mark) {
      mark.classList.toggle("chosen", [state.first, state.second].includes(mark.dataset.run));
    });
  }

  function colour(id) {
    const found = facts.palette[id] || [255, 255, 255];
    return `rgb(${found.map((part) => Math.round(part + 0.5 * (255 - part))).join(" ")})`;
  }

  function make(tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, String(value));
    }
    if (text !== undefined) {
      element.textContent = text;
    }
    return element;
  }

  function showBoxes(panel, run) {
    const layer = panel.querySelector("svg");
    const seen = elements.boxes && elements.boxes.checked ? run.boxes[state.frame] || [] : [];
    layer.replaceChildren();
    for (const [id, left, top, right, bottom, score] of seen) {
      const stroke = colour(id);
      const size = facts.height / 18;
      layer.append(
        make("rect", { x: left, y: top, width: right - left, height: bottom - top, stroke }),
        make(
          "text",
          { x: left + size / 4, y: Math.max(top - size / 4, size), "font-size": size, fill: stroke },
          score.toFixed(2),
        ),
      );
    }
  }

  function shownPanels() {
    return elements.panels.filter((panel) => !panel.hidden);
  }

  function mapsFor(panel) {
    const run = panel.dataset.of ? runOf(state[panel.dataset.of]) : null;
    return run ? vosbench.maps(run.maps.name, run.maps.address) : null;
  }

  function paint(panel, answers, truths) {
    const canvas = panel.querySelector("canvas");
    const pixels = canvas.width * canvas.height;
    const text = (maps) => (maps && maps[state.frame] ? maps[state.frame] : null);
    const [answer, truth] = [text(answers), text(truths)];
    const view = panel.dataset.view;
    const opacity = Number(elements.opacity.value) / 100;
    vosbench.clear(canvas);
    if (view === "answer" && answer) {
      vosbench.paintLabels(canvas, vosbench.labels(answer, pixels), facts.palette, opacity);
    } else if (view === "truth" && truth) {
      vosbench.paintLabels(canvas, vosbench.labels(truth, pixels), facts.palette, opacity);
    } else if (view === "difference" && answer && truth) {
      const pair = [vosbench.labels(truth, pixels), vosbench.labels(answer, pixels)];
      vosbench.paintDifference(canvas, ...pair, facts.colours);
    }
    panel.classList.toggle("not-annotated", view !== "answer" && view !== "frame" && !truth);
    if (view === "answer") {
      showBoxes(panel, runOf(state[panel.dataset.of]));
    }
  }

  function arrange() {
    elements.first.value = state.first;
    elements.second.value = state.second || "";
    if (elements.object) {
      elements.object.value = state.object;
    }
    for (const panel of elements.panels) {
      panel.hidden = panel.dataset.row === "second" && !state.second;
      const name = panel.querySelector("[data-name]");
      if (name && !panel.hidden) {
        name.textContent = runOf(state[panel.dataset.of]).title;
      }
    }
  }

  // Everything of a frame appears at once: the picture and what lies over it.
  async function showPictures() {
    const mine = ++turn;
    const panels = shownPanels();
    const [address, truths, ...answers] = await Promise.all([
      picture(state.frame),
      vosbench.maps(facts.truth.name, facts.truth.address),
      ...panels.map(mapsFor),
    ]);
    if (mine !== turn) {
      return;
    }
    panels.forEach(function (panel, index) {
      panel.querySelector("img").src = address;
      paint(panel, answers[index], truths);
    });
    document.documentElement.dataset.frame = String(state.frame); // for whoever waits for it
    for (let ahead = 1; ahead <= AHEAD; ahead++) {
      picture(clamp(state.frame + ahead));
    }
  }

  function show() {
    arrange();
    showNumbers();
    if (!facts.pictures) {
      document.documentElement.dataset.frame = String(state.frame);
      return Promise.resolve();
    }
    return showPictures().catch(function (error) {
      elements.place.textContent = `frame ${state.frame} cannot be shown: ${error.message}`;
      stop();
    });
  }

  function stop() {
    playing = null;
    elements.play.textContent = "Play";
  }

  function play() {
    const mine = {}; // so that what is stopped does not go on when it is played again
    playing = mine;
    elements.play.textContent = "Pause";
    async function next() {
      if (playing !== mine) {
        return;
      }
      const began = performance.now();
      state.frame = state.frame + 1 < facts.frames.length ? state.frame + 1 : 0;
      await show();
      window.setTimeout(next, Math.max(0, 1000 / PER_SECOND - performance.now() + began));
    }
    next();
  }

  function togglePlay() {
    if (playing) {
      stop();
      tellAddress();
    } else {
      play();
    }
  }

  function go(frame) {
    stop();
    change({ frame: clamp(frame) });
  }

  const KEYS = {
    ArrowLeft: () => go(state.frame - 1),
    ArrowRight: () => go(state.frame + 1),
    PageUp: () => go(state.frame - 10),
    PageDown: () => go(state.frame + 10),
    Home: () => go(0),
    End: () => go(facts.frames.length - 1),
    " ": togglePlay,
  };

  // Keys go over frames wherever they mean nothing else.
  function onKey(event) {
    const busy = event.target.closest("input, select, textarea, summary");
    const onSlider = event.target === elements.slider;
    const pressed = event.key === " " && event.target.closest("button, a");
    const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if ((busy && !onSlider) || pressed || held || !Object.hasOwn(KEYS, event.key)) {
      return;
    }
    event.preventDefault();
    KEYS[event.key]();
  }

  // A curve is as wide as its frames are many, whatever its size on the screen.
  function frameAt(curve, event) {
    const box = curve.getBoundingClientRect();
    return clamp(Math.round(((event.clientX - box.left) / box.width) * (facts.frames.length - 1)));
  }

  function followCurve(curve) {
    curve.addEventListener("pointerdown", function (event) {
      if (event.button === 0) {
        curve.setPointerCapture(event.pointerId);
        go(frameAt(curve, event));
      }
    });
    curve.addEventListener("pointermove", function (event) {
      if (curve.hasPointerCapture(event.pointerId)) {
        go(frameAt(curve, event));
      }
    });
  }

  function followAddress() {
    stop();
    change(readAddress());
  }

  function listen() {
    elements.slider.addEventListener("input", () => go(Number(elements.slider.value)));
    elements.play.addEventListener("click", togglePlay);
    elements.first.addEventListener("change", () => change({ first: elements.first.value }));
    elements.second.addEventListener("change", () => change({ second: elements.second.value }));
    elements.opacity.addEventListener("input", show);
    if (elements.boxes) {
      elements.boxes.addEventListener("change", show);
    }
    if (elements.object) {
      elements.object.addEventListener("change", () => change({ object: elements.object.value }));
    }
    document.addEventListener("keydown", onKey);
    document.querySelectorAll("svg.curve").forEach(followCurve);
    window.addEventListener("hashchange", followAddress);
    document.addEventListener("click", function (event) {
      const link = event.target.closest("a[href*='#run=']");
      if (link) {
        elements.viewer.scrollIntoView({ block: "nearest" });
        if (link.getAttribute("href").endsWith(location.hash)) {
          followAddress(); // it does not change, but frames may have gone on since
        }
      }
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const source = find("sequence");
    if (source === null) {
      return;
    }
    facts = JSON.parse(source.textContent);
    elements = {
      viewer: find("viewer"),
      slider: find("frame"),
      place: find("place"),
      play: find("play"),
      first: find("first"),
      second: find("second"),
      object: find("object"),
      opacity: find("opacity"),
      boxes: find("boxes"),
      panels: Array.from(document.querySelectorAll(".panel")),
    };
    if (facts.runs.length === 0) {
      return;
    }
    elements.viewer.hidden = false;
    state = { first: facts.runs[0].key, second: "", object: facts.objects[0], frame: 0 };
    listen();
    change(readAddress());
  });
})();
