// Light or dark: what the system prefers, unless the reader chose otherwise.
"use strict";

window.vosbench = window.vosbench || {};

(function () {
  const root = document.documentElement;
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "vosbench-theme";

  // a browser may keep pages from files from remembering anything
  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function remember(theme) {
    try {
      window.localStorage.setItem(KEY, theme);
    } catch {
      // the choice holds for this page
    }
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
  }

  const chosen = remembered();
  if (chosen === "dark" || chosen === "light") {
    root.dataset.theme = chosen;
  }

  document.addEventListener("DOMContentLoaded", function () {
    const button = document.getElementById("theme");
    function say() {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      say();
    });
    prefersDark.addEventListener("change", say);
    say();
  });
})();
