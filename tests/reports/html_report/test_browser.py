"""A report in a real browser: what a reader does with it, by mouse and by keyboard."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports.html_report.browsers import browser, chromium_missing
from tests.reports.html_report.conftest import FRAMES

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

MISSING = chromium_missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"pages are tested in Chromium: {MISSING}")

PATIENCE = 20.0
"""Seconds until a busy machine must have done what it was asked for."""


@pytest.fixture(scope="module")
def chrome() -> Iterator["Chrome"]:
    with browser() as driver:
        yield driver


@pytest.fixture
def window(chrome: "Chrome") -> Iterator["Chrome"]:
    """The browser, wide and light; every test must leave its console and its network silent."""
    resize(chrome, 1280, 900)
    prefer(chrome, "light")
    chrome.get_log("performance")
    chrome.get_log("browser")
    yield chrome
    chrome.execute_script("try { localStorage.clear() } catch {}")
    said = [line["message"] for line in chrome.get_log("browser")]
    assert said == []
    assert [url for url in requests(chrome) if not url.startswith(("file:", "data:"))] == []


def resize(chrome: "Chrome", width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def prefer(chrome: "Chrome", scheme: str) -> None:
    wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in wanted.items()]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def requests(chrome: "Chrome") -> list[str]:
    """Everything that was asked for since the log was read last."""
    events = [json.loads(line["message"])["message"] for line in chrome.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


def go(chrome: "Chrome", page: Path, place: str = "") -> None:
    chrome.get("about:blank")  # or a place on the same page would not load it again
    chrome.get(page.as_uri() + place)
    until(chrome, "document.documentElement.dataset.ready === 'true'")


def until(chrome: "Chrome", condition: str) -> None:
    end = time.monotonic() + PATIENCE
    while not chrome.execute_script(f"return {condition}"):
        assert time.monotonic() < end, f"never came true: {condition}"
        time.sleep(0.02)


def shows(chrome: "Chrome", frame: int) -> None:
    until(chrome, f"document.documentElement.dataset.frame === '{frame}'")


def one(chrome: "Chrome", selector: str) -> "WebElement":
    return chrome.find_element("css selector", selector)


def column(chrome: "Chrome", section: str, index: int) -> list[str]:
    """What a column shows in the body of the first visible table of a section."""
    script = """
        const table = Array.from(document.querySelectorAll(`#${arguments[0]} table`))
            .find((each) => each.offsetParent !== null);
        return Array.from(table.tBodies[0].rows)
            .filter((row) => row.offsetParent !== null)
            .map((row) => row.cells[arguments[1]].innerText.trim())
    """
    return [str(text) for text in chrome.execute_script(script, section, index)]


def heading(chrome: "Chrome", section: str, index: int) -> "WebElement":
    script = """
        const table = Array.from(document.querySelectorAll(`#${arguments[0]} table`))
            .find((each) => each.offsetParent !== null);
        return Array.from(table.tHead.rows).at(-1).cells[arguments[1]]
    """
    return chrome.execute_script(script, section, index)


def sorting(chrome: "Chrome", section: str, index: int) -> str | None:
    return heading(chrome, section, index).get_attribute("aria-sort")


def press(chrome: "Chrome", *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(chrome).send_keys(*keys).perform()


def numbers(texts: list[str]) -> list[float]:
    return [float(text.rstrip("†")) for text in texts if text[:1].isdigit()]


def test_a_heading_sorts_by_mouse_and_by_keyboard(window: "Chrome", report: Path) -> None:
    from selenium.webdriver import Keys

    go(window, report / "index.html")
    names = column(window, "per-sequence", 0)
    button = heading(window, "per-sequence", 2).find_element("css selector", "button")
    button.click()
    assert sorting(window, "per-sequence", 2) == "descending"  # the best first
    found = numbers(column(window, "per-sequence", 2))
    assert found == sorted(found, reverse=True) and len(set(found)) > 1
    press(window, Keys.ENTER)
    assert sorting(window, "per-sequence", 2) == "ascending"
    assert numbers(column(window, "per-sequence", 2)) == sorted(found)
    heading(window, "per-sequence", 0).find_element("css selector", "button").send_keys(" ")
    assert sorting(window, "per-sequence", 0) == "ascending"
    assert sorting(window, "per-sequence", 2) is None
    assert sorted(column(window, "per-sequence", 0)) == sorted(names)


def test_rows_are_filtered_and_summaries_stay(window: "Chrome", report: Path) -> None:
    go(window, report / "index.html")
    box = one(window, "#per-sequence [data-tab]:not([hidden]) input[type=search]")
    box.send_keys("BEA")
    assert [name.split()[0] for name in column(window, "per-sequence", 0)] == ["bear"]
    assert one(window, "#per-sequence [data-tab]:not([hidden]) output").text.startswith("1 of")
    assert one(window, "#per-sequence [data-tab]:not([hidden]) tfoot").is_displayed()
    box.clear()
    box.send_keys(" ")
    assert len(column(window, "per-sequence", 0)) == len(FRAMES)


def test_a_method_can_be_hidden_everywhere(window: "Chrome", report: Path) -> None:
    go(window, report / "index.html")
    box = one(window, "#methods input[value='steady']")
    assert "steady" in column(window, "overall", 0)
    before = len([text for text in heads(window, "per-sequence") if "steady" in text])
    assert before == 1
    box.click()
    assert "steady" not in column(window, "overall", 0)
    assert not [text for text in heads(window, "per-sequence") if "steady" in text]
    assert not [text for text in last_heads(window, "failures") if "steady" in text]
    assert last_heads(window, "failures").count("events") == 2  # of the other two
    box.click()
    assert "steady" in column(window, "overall", 0)


def heads(chrome: "Chrome", section: str) -> list[str]:
    """Titles of the columns that are shown."""
    return _heads(chrome, section, "at(0)")


def last_heads(chrome: "Chrome", section: str) -> list[str]:
    """The same of the last table."""
    return _heads(chrome, section, "at(-1)")


def _heads(chrome: "Chrome", section: str, which: str) -> list[str]:
    script = f"""
        const table = Array.from(document.querySelectorAll(`#${{arguments[0]}} table`))
            .filter((each) => each.offsetParent !== null).{which};
        return Array.from(Array.from(table.tHead.rows).at(-1).cells)
            .filter((cell) => cell.offsetParent !== null).map((cell) => cell.textContent.trim())
    """
    return [str(text) for text in chrome.execute_script(script, section)]


def test_metrics_are_chosen_by_tabs(window: "Chrome", report: Path) -> None:
    go(window, report / "index.html")
    shown = column(window, "per-sequence", 2)
    window.find_elements("css selector", "#per-sequence .tabs button")[1].click()
    assert column(window, "per-sequence", 2) != shown
    pressed = window.find_elements("css selector", "#per-sequence .tabs [aria-pressed=true]")
    assert [button.text for button in pressed] == ["J"]


def test_a_number_leads_to_its_frame(window: "Chrome", report: Path) -> None:
    go(window, report / "index.html")
    link = one(window, "#failures a[href*='frame=']")
    address = str(link.get_attribute("href"))
    link.click()
    until(window, "document.documentElement.dataset.frame !== undefined")
    shows(window, int(address.rpartition("frame=")[2]))
    title = window.execute_script(
        "return document.querySelector('#first').selectedOptions[0].value"
    )
    assert f"run={title}" in address
    link = window.execute_script(
        "return document.querySelector('nav a[href$=\"index.html\"]').href"
    )
    assert Path(link.removeprefix("file://").replace("%20", " ")) == report / "index.html"


def test_a_link_can_be_sent(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html", "#run=shaky__folders__seed0&frame=7")
    shows(window, 7)
    assert one(window, "[data-view=answer] [data-name]").text == "<b>shaky</b>"
    assert one(window, "#place").text == "frame 7 of 23"
    press(window, "\ue014")  # right
    shows(window, 8)
    until(window, "location.hash.endsWith('frame=8')")


def test_the_slider_obeys_mouse_and_keys(window: "Chrome", report: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    slider = one(window, "#frame")
    ActionChains(window).move_to_element(slider).click().perform()
    shows(window, int(window.execute_script("return document.querySelector('#frame').value")))
    middle = int(window.execute_script("return document.querySelector('#frame').value"))
    assert 9 <= middle <= 14
    for key, frame in (
        (Keys.RIGHT, middle + 1),
        (Keys.LEFT, middle),
        (Keys.END, 23),
        (Keys.RIGHT, 23),
        (Keys.PAGE_UP, 13),
        (Keys.HOME, 0),
        (Keys.LEFT, 0),
    ):
        press(window, key)
        shows(window, frame)
    window.execute_script("document.activeElement.blur()")
    press(window, " ")
    until(window, "Number(document.documentElement.dataset.frame) > 2")
    press(window, " ")
    assert one(window, "#play").text == "Play"


def painted(chrome: "Chrome", view: str, of: str) -> dict[str, int]:
    """How many pixels of a canvas have each colour."""
    script = """
        const canvas = document.querySelector(
            `.panel[data-view='${arguments[0]}'][data-of='${arguments[1]}'] canvas`);
        const copy = new OffscreenCanvas(canvas.width, canvas.height)
            .getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
        const found = {};
        for (let at = 0; at < pixels.length; at += 4) {
            const colour = Array.from(pixels.slice(at, at + 4)).join(" ");
            found[colour] = (found[colour] || 0) + 1;
        }
        return found
    """
    counts: dict[str, int] = chrome.execute_script(script, view, of)
    return counts


def test_masks_truth_and_mistakes_are_painted(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html", "#run=steady__folders__seed0&frame=5")
    shows(window, 5)
    for view, of in (("answer", "first"), ("truth", "")):
        shown = sum(painted(window, view, of).values()) - painted(window, view, of)["0 0 0 0"]
        assert shown == 14 * 22
    mistakes = painted(window, "difference", "first")
    alpha = [count for colour, count in mistakes.items() if colour.endswith(" 235")]
    # the answer stays at 8 and the truth is at 13 by now, or a pixel or two besides
    assert len(alpha) == 2 and alpha[0] == alpha[1] > 14 * 2
    assert sum(mistakes.values()) == 48 * 80


def test_boxes_lie_over_the_answer_and_can_be_hidden(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html", "#run=steady__folders__seed0&frame=5")
    shows(window, 5)
    box = one(window, ".panel[data-of=first] svg rect")
    assert [box.get_attribute(side) for side in ("x", "y", "width", "height")] == [
        "4",
        "6",
        "26",
        "14",
    ]
    assert one(window, ".panel[data-of=first] svg text").text == "0.75"
    one(window, "#boxes").click()
    until(window, "document.querySelector('.panel[data-of=first] svg rect') === null")


def test_frames_play_at_one_pace_however_often_it_is_begun(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    script = """
        const done = arguments[0], play = document.getElementById("play");
        for (let time = 0; time < 9; time++) { play.click(); }  // it plays in the end
        const began = Number(document.getElementById("frame").value);
        setTimeout(() => done(document.getElementById("frame").value - began), 500);
    """
    assert 1 <= window.execute_async_script(script) <= 7  # 12 a second
    one(window, "#play").click()


def test_a_link_leads_to_its_frame_again_after_frames_were_played(
    window: "Chrome", report: Path
) -> None:
    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    link = one(window, "#events a[href*='frame=']")
    frame = int(str(link.get_attribute("href")).rpartition("frame=")[2])
    link.click()
    shows(window, frame)
    one(window, "#play").click()
    until(window, f"document.documentElement.dataset.frame !== '{frame}'")
    link.click()
    shows(window, frame)
    assert one(window, "#play").text == "Play"


def test_a_second_method_stands_beside(window: "Chrome", report: Path) -> None:
    from selenium.webdriver.support.select import Select

    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    assert not one(window, ".panel[data-of=second]").is_displayed()
    Select(one(window, "#second")).select_by_visible_text("broken")
    until(window, "location.hash.includes('beside=broken')")
    assert one(window, ".panel[data-of=second]").is_displayed()


def test_a_click_on_a_curve_goes_to_its_frame(window: "Chrome", report: Path) -> None:
    from selenium.webdriver import ActionChains

    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    curve = one(window, "svg.curve:not([hidden])")
    across = curve.rect["width"] * (18 / 23 - 0.5)
    ActionChains(window).move_to_element_with_offset(curve, round(across), 0).click().perform()
    shows(window, 18)
    assert one(window, "[data-values]").text.startswith("J ")


def test_an_event_leads_to_its_worst_frame(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html")
    shows(window, 0)
    link = one(window, "#events a[href*='frame=']")
    frame = int(str(link.get_attribute("href")).rpartition("frame=")[2])
    assert frame > 0
    link.click()
    shows(window, frame)
    press(window, "\ue011")  # home
    shows(window, 0)
    mark = one(window, "svg.lane:not([hidden]) a rect")
    frame = window.execute_script(
        "return Number(arguments[0].parentNode.href.baseVal.split('frame=')[1])", mark
    )
    mark.click()
    shows(window, frame)


def test_curves_of_one_object_can_be_chosen(window: "Chrome", report: Path) -> None:
    from selenium.webdriver.support.select import Select

    go(window, report / "sequences" / "cat.html", "#object=2")
    shows(window, 0)
    shown = (
        "Array.from(document.querySelectorAll('svg.curve:not([hidden])'), e => e.dataset.object)"
    )
    assert window.execute_script(f"return {shown}") == ["2", "2"]
    Select(one(window, "#object")).select_by_value("all")
    assert window.execute_script(f"return {shown}") == ["all", "all"]


COLOURS = """
    const style = getComputedStyle(document.body);
    return [style.color, style.backgroundColor].map((text) => text.match(/[\\d.]+/g).map(Number))
"""


def brightness(colour: list[float]) -> float:
    """Relative luminance of WCAG 2."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in colour[:3])
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_dark_and_light_follow_the_system_and_the_reader(window: "Chrome", report: Path) -> None:
    def ink_and_page() -> tuple[float, float]:
        ink, page = window.execute_script(COLOURS)
        return brightness(ink), brightness(page)

    for page in (report / "index.html", report / "sequences" / "bear.html"):
        prefer(window, "light")
        go(window, page)
        ink, ground = ink_and_page()
        assert ground > 0.9 and (ground + 0.05) / (ink + 0.05) > 7
        prefer(window, "dark")
        ink, ground = ink_and_page()
        assert ground < 0.05 and (ink + 0.05) / (ground + 0.05) > 7
        one(window, "#theme").click()
        assert ink_and_page()[1] > 0.9
        one(window, "#theme").click()
        assert ink_and_page()[1] < 0.05
        window.execute_script("localStorage.clear()")


def test_paper_stays_white(window: "Chrome", report: Path) -> None:
    prefer(window, "dark")
    go(window, report / "index.html")
    assert brightness(window.execute_script(COLOURS)[1]) < 0.05
    window.execute_script("document.documentElement.dataset.theme = 'dark'")
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    ink, ground = (brightness(colour) for colour in window.execute_script(COLOURS))
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert ground > 0.9 and ink < 0.05


def test_text_stands_out_from_its_ground(window: "Chrome", report: Path) -> None:
    """WCAG 2 AA: 4.5 to 1 for every text of usual size."""
    script = """
        const ground = (element) => {
            for (let each = element; each; each = each.parentElement) {
                const colour = getComputedStyle(each).backgroundColor;
                if (!/, 0\\)$/.test(colour)) { return colour; }
            }
            return getComputedStyle(document.body).backgroundColor;
        };
        const found = new Map();
        for (const element of document.querySelectorAll("main *, header *, footer")) {
            const own = Array.from(element.childNodes).some((node) => node.nodeType === 3
                && node.textContent.trim());
            if (own && element.offsetParent && !element.closest("svg, option")) {
                const pair = [getComputedStyle(element).color, ground(element)];
                found.set(pair.join("|"), [...pair, element.outerHTML.slice(0, 80)]);
            }
        }
        return Array.from(found.values())
    """
    for scheme in ("light", "dark"):
        prefer(window, scheme)
        for page in (report / "index.html", report / "sequences" / "bear.html"):
            go(window, page)
            for text, ground, what in window.execute_script(script):
                pair = sorted(brightness(parts(each)) for each in (text, ground))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (scheme, text, ground, what)


def parts(colour: str) -> list[float]:
    return [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")]


def test_a_narrow_screen_is_enough(window: "Chrome", report: Path, runs: Any) -> None:
    del runs
    pages = [report / "index.html", report / "sequences" / "cat.html"]
    pages += sorted((report / "runs").iterdir())[:1]
    for width in (360, 768):
        resize(window, width, 800)
        for page in pages:
            go(window, page)
            wide = window.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, page
    table = one(window, ".vb-scroll")
    assert table.rect["width"] <= 768


def test_pages_load_little_until_they_are_asked(window: "Chrome", report: Path) -> None:
    go(window, report / "sequences" / "bear.html", "#run=steady__folders__seed0&frame=9")
    shows(window, 9)
    asked = requests(window)
    pictures = [url for url in asked if url.endswith(".jpg")]
    assert 2 <= len(set(pictures)) <= 8  # the first, this one, those to come, of clips
    labels = {url.rpartition("/")[2] for url in asked if "/labels/" in url}
    assert labels == {"truth.js", "run-steady__folders__seed0.js"}


def test_a_page_is_soon_of_use(window: "Chrome", report: Path) -> None:
    """A generous bound: `make bench-html` tells how long it takes."""
    go(window, report / "index.html")
    spent = window.execute_script(
        "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    assert 0 < spent < 10_000
