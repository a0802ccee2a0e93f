// Tables that can be sorted by their headings, filtered by text, and relieved of methods.
"use strict";

(function () {
  const FEW_ROWS = 8; // tables this short need no filter
  const FEW_NOTES = 3; // so many need not be folded away

  // The value that a row is sorted by: the number behind what is shown, or its text.
  function valueIn(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) {
      return Number(cell.dataset.value);
    }
    return cell.classList.contains("vb-missing") ? null : cell.textContent.trim();
  }

  function compare(first, second) {
    if (typeof first === "number" && typeof second === "number") {
      return first - second;
    }
    return String(first).localeCompare(String(second), "en", { numeric: true });
  }

  // What has no value stays last in either direction; equal rows keep their order.
  function sortRows(body, column, descending) {
    const rows = Array.from(body.rows).map((row) => [valueIn(row, column), row]);
    rows.sort(function ([first], [second]) {
      if (first === null || second === null) {
        return (first === null) - (second === null);
      }
      return descending ? compare(second, first) : compare(first, second);
    });
    body.append(...rows.map(([, row]) => row));
  }

  function headings(table) {
    return Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells);
  }

  function makeSortable(table) {
    const heads = headings(table);
    heads.forEach(function (head, column) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", function () {
        const before = head.getAttribute("aria-sort");
        // numbers that are better when higher show the best first
        const usual = head.dataset.direction === "up" ? "descending" : "ascending";
        const other = usual === "ascending" ? "descending" : "ascending";
        const order = before === usual ? other : usual;
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        for (const body of table.tBodies) {
          sortRows(body, column, order === "descending");
        }
      });
    });
  }

  function addFilter(section, table) {
    const rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
    if (rows.length <= FEW_ROWS) {
      return;
    }
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = "Filter rows";
    input.setAttribute("aria-label", `Filter rows of ${table.caption.textContent}`);
    const count = document.createElement("output");
    label.append(input, count);
    section.prepend(label);
    input.addEventListener("input", function () {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    });
  }

  // Many notes are folded away; paper shows them all.
  function foldNotes(section) {
    const notes = section.querySelector(":scope > .vb-notes");
    if (notes === null || notes.children.length <= FEW_NOTES) {
      return;
    }
    const folded = document.createElement("details");
    const summary = document.createElement("summary");
    folded.className = "notes";
    summary.textContent = "How to read this table";
    notes.replaceWith(folded);
    folded.append(summary, notes);
    window.addEventListener("beforeprint", () => folded.setAttribute("open", ""));
  }

  function words(element) {
    return element.textContent.replace(/\s+/gu, " ").trim();
  }

  // The headings over groups of columns, each with the columns below it.
  function groups(table) {
    const row = table.querySelector("tr.vb-groups");
    const heads = headings(table);
    let column = 0;
    return Array.from(row ? row.cells : [], function (group) {
      const width = Number(group.dataset.width || group.colSpan);
      group.dataset.width = String(width);
      column += width;
      return [group, heads.slice(column - width, column)];
    });
  }

  // Headings over groups of columns shrink with them.
  function fitGroups(table) {
    for (const [group, members] of groups(table)) {
      const shown = members.filter((head) => !head.hidden).length;
      group.hidden = shown === 0;
      group.colSpan = Math.max(1, shown);
    }
  }

  // Hides the columns and rows that are a method's.
  function hideMethods(table, hidden) {
    const heads = headings(table);
    const theirs = new Set();
    for (const name of hidden) {
      theirs.add(name).add(`Δ ${name}`).add(`${name}: with − without`);
    }
    // a group is a method's if one of its columns is called the same
    const below = groups(table).filter(
      ([group, members]) =>
        hidden.has(words(group)) && members.some((head) => words(head) === words(group)),
    );
    const inGroups = new Set(below.flatMap(([, members]) => members));
    heads.forEach(function (head, column) {
      const hide = column > 0 && (theirs.has(words(head)) || inGroups.has(head));
      for (const row of table.rows) {
        if (!row.classList.contains("vb-groups")) {
          row.cells[column].hidden = hide;
        }
      }
    });
    fitGroups(table);
    if (heads[0].dataset.key === "method") {
      for (const body of [...table.tBodies, table.tFoot].filter(Boolean)) {
        for (const row of body.rows) {
          const name = row.cells[0].cloneNode(true);
          name.querySelectorAll("sup").forEach((mark) => mark.remove());
          row.classList.toggle("not-chosen", hidden.has(words(name)));
        }
      }
    }
  }

  function followMethods(tables) {
    const boxes = Array.from(document.querySelectorAll("#methods input[type=checkbox]"));
    function apply() {
      const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => words(box.parentElement)));
      tables.forEach((table) => hideMethods(table, hidden));
    }
    boxes.forEach((box) => box.addEventListener("change", apply));
    if (boxes.length) {
      document.getElementById("methods").hidden = false;
      apply(); // a browser may restore boxes when it comes back to a page
    }
  }

  // One of several tables that show the same for another metric.
  function makeTabs(group) {
    const panels = Array.from(group.querySelectorAll(":scope > [data-tab]"));
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Metric");
    const buttons = panels.map(function (panel) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = panel.dataset.tab;
      button.addEventListener("click", () => choose(panel));
      return button;
    });
    function choose(chosen) {
      panels.forEach(function (panel, index) {
        panel.hidden = panel !== chosen;
        buttons[index].setAttribute("aria-pressed", String(panel === chosen));
      });
    }
    bar.append(...buttons);
    group.prepend(bar);
    choose(panels[0]);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const sections = Array.from(document.querySelectorAll("section.vb-table"));
    const tables = sections.map((section) => section.querySelector("table"));
    sections.forEach(function (section, index) {
      makeSortable(tables[index]);
      addFilter(section, tables[index]);
      foldNotes(section);
    });
    followMethods(tables);
    document.querySelectorAll("[data-tabs]").forEach(makeTabs);
    document.documentElement.dataset.ready = "true";
  });
})();
