"""The page, in a real browser: drawn on, given photos, asked what it sees and what it loads."""

import base64
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from edge.strokes import DIGITS, drawn
from helpers import ROOT
from mnist.photos import pages

reason = "it is in the environment that 'make edge' makes"
playwright = pytest.importorskip("playwright.sync_api", reason=reason)
PAGE = ROOT / "pipelines" / "edge" / "demo.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRAWINGS = ROOT / "tests" / "edge" / "drawings.json"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PLACES = [(0.5, 0.5, 0.75), (0.3, 0.32, 0.35), (0.68, 0.66, 0.5)]  # x, y, size; of the pad

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGE.exists(), reason="'make edge' makes pipelines/edge/demo.html"),
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not on PATH; it drives the page"),
]


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Page:
    """The page in a browser's window, with what it asked the network for."""

    def __init__(self, browser, script="", wait=True, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if script:
            self.page.add_init_script(script)
        self.page.goto(PAGE.as_uri())
        if wait:
            told = "demo.ready.then(() => true, (error) => error.message)"
            self.ready = self.page.evaluate(told)

    def draw(self, name, x=0.5, y=0.5, size=0.7):
        box = self.page.locator("#pad").bounding_box()
        for stroke in DIGITS[name]:
            places = np.array([x, y]) + size * (stroke - 0.5)
            places = places * [box["width"], box["height"]] + [box["x"], box["y"]]
            self.page.mouse.move(*places[0])
            self.page.mouse.down()
            # A move waits until the page has answered the last: few are quicker, and as round.
            for place in [*places[4:-1:4], places[-1]]:
                self.page.mouse.move(*place)
            self.page.mouse.up()

    def verdict(self, part):
        """Wait until the verdict holds a text, and return it."""
        playwright.expect(self.page.locator("#verdict")).to_contain_text(part, timeout=20_000)
        return self.page.locator("#verdict").inner_text()

    def said(self):
        """Return the answer of each model, by its title; a dash where there is none."""
        cards = self.page.locator(".model").all()
        return {card.locator("h3").inner_text(): card.locator("b").inner_text() for card in cards}

    def settled(self):
        """Wait until what is drawn last is answered."""
        self.page.evaluate("demo.settled()")

    def upload(self, path):
        self.page.locator("input[type=file]").first.set_input_files(path)


@pytest.fixture
def page(browser):
    opened = Page(browser)
    assert opened.ready is True
    yield opened
    assert not opened.errors
    opened.context.close()


def saved(grey, path):
    Image.fromarray(grey.astype(np.uint8)).save(path)
    return path


def test_it_asks_the_network_for_nothing(page, tmp_path):
    page.draw("3")
    page.verdict("say 3")
    page.upload(saved(drawn(DIGITS["5"], 200, 200, (30, 30), 140, 14), tmp_path / "five.png"))
    page.verdict("say 5")
    assert {url.partition(":")[0] for url in page.requests} <= {"file", "blob"}
    assert [url for url in page.requests if url.startswith("file")] == [PAGE.as_uri()]


def test_digits_drawn_in_three_sizes_and_places_are_read(page):
    right = []
    for place in PLACES:
        for name in "0123456789":
            page.draw(name, *place)
            page.settled()
            right.append(page.said()["CNN"] == name)
            page.page.locator("#clear").click()
            page.verdict("Draw one digit")
    assert len(right) == 30 and sum(right) >= 28


def test_an_empty_pad_is_answered_in_words_and_lines_can_be_taken_back(page):
    page.verdict("Draw one digit")
    assert set(page.said().values()) == {"–"}
    undo, clear = page.page.locator("#undo"), page.page.locator("#clear")
    assert undo.is_disabled() and clear.is_disabled()
    page.draw("5")
    page.verdict("say 5")
    undo.click()  # its bar
    page.page.keyboard.press("Control+z")
    page.verdict("Draw one digit")
    page.draw("4")
    page.verdict("say 4")
    clear.click()
    page.verdict("Draw one digit")
    undo.click()  # what was cleared comes back
    page.verdict("say 4")


def test_the_keyboard_draws_too(page):
    page.page.locator("#pad").focus()
    page.page.keyboard.press("Space")
    for _ in range(14):
        page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Space")
    page.verdict("say 1")
    page.page.keyboard.press("Backspace")
    page.verdict("Draw one digit")


def test_everything_can_be_reached_with_the_tab_key(page):
    page.draw("8")
    page.verdict("say 8")
    reached = set()
    for _ in range(8):
        page.page.keyboard.press("Tab")
        reached.add(page.page.evaluate("document.activeElement.id || document.activeElement.type"))
    assert {"pad", "undo", "clear", "file"} <= reached


def test_what_is_answered_is_told_to_those_who_cannot_see_it(page):
    page.draw("2")
    told = page.page.locator("[aria-live=polite]")
    playwright.expect(told).to_contain_text("CNN 2", timeout=20_000)
    rows = page.page.locator(".model").first.locator("tr").all_inner_texts()
    assert len(rows) == 10 and all("%" in row for row in rows)


def test_a_finger_draws_and_the_page_stays_where_it_is(browser):
    size = {"width": 390, "height": 500}
    opened = Page(browser, viewport=size, has_touch=True, is_mobile=True)
    box = opened.page.locator("#pad").bounding_box()
    client = opened.context.new_cdp_session(opened.page)
    x, y, step = box["x"] + box["width"] / 2, box["y"] + 20, (box["height"] - 40) / 12
    for i in range(13):
        kind = "touchStart" if i == 0 else "touchMove"
        points = [{"x": x, "y": y + i * step}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    opened.verdict("say 1")
    assert opened.page.evaluate("window.scrollY") == 0
    opened.context.close()


def test_a_photo_of_several_digits_is_read_in_order_and_one_can_be_chosen(page, tmp_path):
    paper = np.full((150, 420), 255)
    for i, name in enumerate("427"):
        paper = np.minimum(paper, drawn(DIGITS[name], 150, 420, (25, 20 + 130 * i), 100, 10))
    page.upload(saved(paper, tmp_path / "several.png"))
    assert page.verdict("found") == "3 found. All read 4 2 7"
    expected = pages.digits(paper.astype(np.uint8) / 255)
    seen = """async () => {
      const image = await demo.read(document.querySelector("input[type=file]").kept);
      return demo.prepareSeveral(image).map((each) => [...each]);
    }"""
    kept = base64.b64encode((tmp_path / "several.png").read_bytes()).decode()
    page.page.evaluate(
        """(text) => { document.querySelector("input[type=file]").kept = new File(
        [Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "several.png"); }""",
        kept,
    )
    found = np.array(page.page.evaluate(seen)).reshape(-1, 28, 28)
    assert np.abs(found - expected.astype(int)).max() <= 1
    page.page.locator("#found button").nth(1).click()
    assert page.said()["CNN"] == "2"
    page.draw("6")  # starts afresh
    page.verdict("say 6")
    assert page.page.locator("#found").is_hidden()


# The models are there once go() is called.
LATE = """const old = WebAssembly.instantiate, gone = new Promise((go) => { window.go = go; });
WebAssembly.instantiate = (...given) => gone.then(() => old.apply(WebAssembly, given));"""


def test_a_picture_that_is_chosen_before_the_models_are_there_is_answered(browser, tmp_path):
    opened = Page(browser, LATE, wait=False)
    opened.draw("1")
    opened.verdict("One moment")
    opened.upload(saved(drawn(DIGITS["7"], 150, 150, (25, 25), 100, 10), tmp_path / "7.png"))
    opened.page.wait_for_timeout(300)  # the drawing's answer, if it still came, would be here
    opened.verdict("One moment")
    opened.page.evaluate("go()")
    opened.verdict("say 7")
    opened.settled()
    assert "say 7" in opened.verdict("say")
    opened.context.close()


# A picture is decoded once go() is called.
SLOW = """const old = createImageBitmap, gone = new Promise((go) => { window.go = go; });
window.createImageBitmap = (...given) => gone.then(() => old(...given));"""


def test_a_picture_after_a_drawing_is_said_to_be_read_until_it_is_answered(browser, tmp_path):
    opened = Page(browser, SLOW)
    opened.draw("1")
    opened.verdict("say 1")
    opened.upload(saved(drawn(DIGITS["7"], 150, 150, (25, 25), 100, 10), tmp_path / "7.png"))
    opened.page.wait_for_timeout(300)  # the empty pad's answer, if it came, would be here
    opened.settled()
    assert opened.page.locator("#verdict").inner_text() == "Reading the picture"
    opened.page.evaluate("go()")
    opened.verdict("say 7")
    opened.context.close()


@pytest.mark.parametrize(("name", "content"), [("broken.png", b"\x89PNG no"), ("a.txt", b"seven")])
def test_a_file_that_is_no_image_is_said_to_be_none(page, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    page.upload(tmp_path / name)
    page.verdict(name)
    assert set(page.said().values()) == {"–"}
    page.draw("7")
    page.verdict("say 7")


def test_white_paper_is_no_digit(page, tmp_path):
    page.upload(saved(np.full((300, 200), 250), tmp_path / "white.png"))
    page.verdict("No ink is seen")


def test_it_sees_what_python_sees(page):
    for row in json.loads(DRAWINGS.read_text(encoding="utf-8")):
        script = """async (text) => {
          const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          return [...demo.prepare(await demo.read(new File([bytes], "drawing.png")))];
        }"""
        found = np.array(page.page.evaluate(script, row["png"]))
        expected = np.frombuffer(base64.b64decode(row["digit"]), np.uint8)
        assert np.abs(found - expected).max() <= 1, row["name"]


def test_it_answers_as_the_files_do_in_python(page):
    pytest.importorskip("ai_edge_litert", reason=reason)
    from pipelines.edge.formats import runtime

    row = json.loads(DRAWINGS.read_text(encoding="utf-8"))[4]
    digit = np.frombuffer(base64.b64decode(row["digit"]), np.uint8).reshape(28, 28)
    found = page.page.evaluate("(digit) => demo.ask(digit)", digit.ravel().tolist())
    assert len(found) >= 2
    for name, answer in found.items():
        path = ROOT / "pipelines" / "edge" / "models" / f"{name}_dynamic_int8.tflite"
        expected = runtime.predict(path, digit[None])[0]
        assert np.abs(np.array(answer["probabilities"]) - expected).max() < 0.01


@pytest.mark.parametrize("width", [180, 200, 320])
def test_nothing_stands_out_of_a_narrow_window_with_a_camera(browser, width):
    size = {"width": width, "height": 400}
    opened = Page(browser, viewport=size, has_touch=True, is_mobile=True)
    assert opened.page.locator(".camera").is_visible()
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    opened.context.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_small_and_large_windows_light_and_dark(browser, width, scheme, tmp_path):
    size = {"width": width, "height": 700}
    opened = Page(browser, viewport=size, color_scheme=scheme)
    opened.draw("9")
    opened.verdict("say 9")
    opened.page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    for target in opened.page.locator("button:visible, .button:visible").all():
        assert target.bounding_box()["height"] >= 44
    shot = np.asarray(Image.open(tmp_path / "page.png").convert("L"))
    assert (np.median(shot) < 80) == (scheme == "dark")
    opened.context.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("delete window.WebAssembly", "WebAssembly is missing"),
        ("delete window.DecompressionStream", "cannot unpack"),
        ("WebAssembly.validate = () => false", "no SIMD"),
        ("WebAssembly.instantiate = async () => { throw Error('no memory') }", "no memory"),
    ],
)
def test_a_browser_that_cannot_run_the_networks_is_told_so(browser, script, words):
    opened = Page(browser, script)
    said = opened.verdict("cannot run the models")
    assert words in said and "Firefox" in said and opened.ready == said
    opened.draw("3")  # the pad still draws
    assert opened.page.locator("#undo").is_enabled()
    opened.context.close()


def test_without_scripts_it_says_so(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    assert "needs JavaScript" in page.locator("noscript").inner_text()
    context.close()


def test_its_policy_allows_no_connection_and_no_other_script(page):
    policy = page.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and "connect-src" not in rules
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy.replace("wasm-unsafe", "")
    added = "const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
    assert (
        page.page.evaluate(f"(() => {{ {added} document.body.append(s); return window.bad }})()")
        is None
    )
