// Label maps: out of the text they are kept as, and onto a canvas.
"use strict";

window.vosbench = window.vosbench || {};

(function () {
  const kept = new Map(); // name → texts of all frames
  const waiting = new Map(); // name → promise of them

  // Called by the scripts that hold label maps.
  vosbench.take = function (name, maps) {
    kept.set(name, maps);
  };

  // A page from a file may load scripts, but read no files.
  vosbench.maps = function (name, address) {
    if (!waiting.has(name)) {
      waiting.set(
        name,
        new Promise(function (resolve, reject) {
          const script = document.createElement("script");
          script.src = address;
          script.addEventListener("load", function () {
            if (kept.has(name)) {
              resolve(kept.get(name));
            } else {
              reject(new Error(`${address} is damaged`));
            }
          });
          script.addEventListener("error", () => reject(new Error(`${address} is missing`)));
          document.head.append(script);
        }),
      );
    }
    return waiting.get(name);
  };

  // The labels of a map of so many pixels; see label_runs.py.
  vosbench.labels = function (text, pixels) {
    const bytes = atob(text);
    const labels = new Uint8Array(pixels);
    let at = 0;
    let pixel = 0;
    while (at < bytes.length) {
      const label = bytes.charCodeAt(at++);
      let length = 0;
      let shift = 0;
      let byte;
      do {
        byte = bytes.charCodeAt(at++);
        length |= (byte & 127) << shift;
        shift += 7;
      } while (byte & 128);
      labels.fill(label, pixel, pixel + length);
      pixel += length;
    }
    return labels;
  };

  function isEdge(values, index, width) {
    const value = values[index];
    const column = index % width;
    return (
      (column > 0 && values[index - 1] !== value) ||
      (column < width - 1 && values[index + 1] !== value) ||
      (index >= width && values[index - width] !== value) ||
      (index + width < values.length && values[index + width] !== value)
    );
  }

  function put(data, index, colour, alpha) {
    data[4 * index] = colour[0];
    data[4 * index + 1] = colour[1];
    data[4 * index + 2] = colour[2];
    data[4 * index + 3] = alpha;
  }

  function lighter(colour) {
    return colour.map((part) => Math.round(part + 0.6 * (255 - part)));
  }

  // Objects in their colours, translucent within a bright outline.
  vosbench.paintLabels = function (canvas, labels, palette, opacity) {
    const context = canvas.getContext("2d");
    const picture = context.createImageData(canvas.width, canvas.height);
    const outlines = palette.map(lighter);
    for (let index = 0; index < labels.length; index++) {
      const label = labels[index];
      if (label !== 0) {
        if (isEdge(labels, index, canvas.width)) {
          put(picture.data, index, outlines[label], 255);
        } else {
          put(picture.data, index, palette[label], Math.round(255 * opacity));
        }
      }
    }
    context.putImageData(picture, 0, 0);
  };

  // Correct, missed, false, and one object taken for another, over a dimmed frame.
  vosbench.paintDifference = function (canvas, truth, answer, colours) {
    const context = canvas.getContext("2d");
    const picture = context.createImageData(canvas.width, canvas.height);
    for (let index = 0; index < truth.length; index++) {
      const right = truth[index];
      const given = answer[index];
      if (right === 0 && given === 0) {
        picture.data[4 * index + 3] = 130;
      } else if (right === given) {
        put(picture.data, index, colours.correct, 150);
      } else if (given === 0) {
        put(picture.data, index, colours.missed, 235);
      } else {
        put(picture.data, index, right === 0 ? colours.false : colours.wrong, 235);
      }
    }
    context.putImageData(picture, 0, 0);
  };

  vosbench.clear = function (canvas) {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  };
})();
