"""Hooks of MkDocs: what stands between pages that GitHub and the registry show, and the same pages on a site.

Links that leave the site become links to the repository, links to the repository that have a page become links to it,
and the registry's marks of notes become those of the theme. A built page that loads something from another host ends
the build.
"""

import logging
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
# A warning of this logger counts as one of MkDocs, which fails a strict build.
LOG = logging.getLogger("mkdocs.hooks.site")

BRANCH = "main"
FENCE = re.compile(r"^( *)(```+)")
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
HEADING = re.compile(r"^# (?:function: )?(.+?)(?: \([\w ]+\))?$", re.MULTILINE)
# The registry's marks of a note, a warning and a danger.
CALLOUT = re.compile(r"^(->|~>|!>) +(?:\*\*(.+?):?\*\*:? *)?")
KINDS = {"->": "note", "~>": "warning", "!>": "danger"}
STYLE_LOADS = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"](?:https?:)?//")
LOADED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload", "manifest"}


def on_config(config):
    """Puts the pages of a folder in the place of the folder's entry."""
    config.nav = [expanded(entry, Path(config.docs_dir)) for entry in config.nav]
    return config


def expanded(entry, docs):
    if not isinstance(entry, dict):
        return entry
    ((title, value),) = entry.items()
    if isinstance(value, list):
        return {title: [expanded(inner, docs) for inner in value]}
    if not value.endswith("/"):
        return entry
    pages = sorted((docs / value).glob("*.md"))
    if not pages:
        raise PluginError(f"site/mkdocs.yml: `nav` has {value}, and docs/{value} has no pages")
    return {title: [{heading(page): page.relative_to(docs).as_posix()} for page in pages]}


def heading(page):
    """The heading without what the section already says."""
    found = HEADING.search(page.read_text(encoding="utf-8"))
    if found is None:
        raise PluginError(f"{page.relative_to(ROOT)}: a page has a heading of the first level")
    return found[1]


def on_files(files, config):
    """Adds the pages from outside of `docs`."""
    for source, place in config.extra["outside"].items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown, page, config, files):
    """Rewrites what a site shows in another way than GitHub and the registry."""
    links = Links(page.file.src_uri, config, files)
    lines, fenced, shift, in_callout = [], None, 0, False
    for line in markdown.splitlines():
        fence = FENCE.match(line)
        if fenced:
            fenced = None if line.strip() == fenced else fenced
            lines.append(shifted(line, shift))
            continue
        shift = missing(line)
        if fence:
            fenced = fence[2]
        mark = CALLOUT.match(line)
        if mark:
            lines += [f'!!! {KINDS[mark[1]]} "{mark[2] or KINDS[mark[1]].capitalize()}"', ""]
            line = line[mark.end() :]
        in_callout = bool(mark) or (in_callout and bool(line))
        line = line if fence else LINK.sub(links.rewritten, line)
        lines.append(shifted(line, 4 if in_callout else shift))
        if line.startswith("<!--") and line.endswith("-->"):
            # A comment ends with its line on GitHub, here at an empty one.
            lines.append("")
    return "\n".join(lines)


def missing(line):
    """Columns that a line of an item lacks: on GitHub it begins below the item's text, here in column four."""
    indent = len(line) - len(line.lstrip(" "))
    return 4 - indent if indent in (2, 3) else 0


def shifted(line, columns):
    return " " * columns + line if line else line


class Links:
    """Links of one page."""

    def __init__(self, page, config, files):
        outside = config.extra["outside"]
        sources = {place: source for source, place in outside.items()}
        self.page, self.files = page, files
        self.source = sources.get(page, f"docs/{page}")
        self.outside = outside
        self.repository = config.repo_url.rstrip("/")

    def rewritten(self, match):
        return match[1] + self.target(match[2]) + match[3]

    def target(self, link):
        path, mark, anchor = link.partition("#")
        for kind in ("blob", "tree"):
            path = path.removeprefix(f"{self.repository}/{kind}/{BRANCH}/")
        ours = path != link.partition("#")[0]
        if not path or (not ours and re.match(r"[a-z]+:", path)):
            return link
        if not ours:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self.source), path))
        place = self.place(path)
        if place is not None:
            return posixpath.relpath(place, posixpath.dirname(self.page) or ".") + mark + anchor
        if not (ROOT / path).exists():
            LOG.warning("%s: the link to %s leads nowhere", self.source, link)
            return link
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{self.repository}/{kind}/{BRANCH}/{path}{mark}{anchor}"

    def place(self, path):
        """Where a file of the repository is on the site."""
        if path in self.outside:
            return self.outside[path]
        inside = path.removeprefix("docs/")
        if inside == path:
            return None
        file = self.files.get_file_from_path(inside)
        return None if file is None or file.inclusion.is_excluded() else inside


def on_post_build(config):
    """Reading the site tells no other host of it."""
    site = Path(config.site_dir)
    found = []
    for page in sorted(site.rglob("*.html")):
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        found += [f"{page.relative_to(site)}: {load}" for load in loads.foreign]
    for style in sorted(site.rglob("*.css")):
        if STYLE_LOADS.search(style.read_text(encoding="utf-8")):
            found.append(f"{style.relative_to(site)}: a style")
    if found:
        raise PluginError("pages load from other hosts:\n" + "\n".join(found))


class Loads(HTMLParser):
    """What a page loads by itself from elsewhere."""

    def __init__(self):
        super().__init__()
        self.foreign = []

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        loaded = [attributes.get(name, "") for name in ("src", "srcset", "poster", "data")]
        if tag == "link" and LOADED_LINKS & set(attributes.get("rel", "").split()):
            loaded.append(attributes.get("href", ""))
        self.foreign += [f"<{tag}> {url}" for url in loaded if re.match(r"(https?:)?//", url)]
        if attributes.get("data-md-component") == "source" or "mermaid" in attributes.get("class", "").split():
            self.foreign.append(f"<{tag}> lets the theme's script ask another host")
        if STYLE_LOADS.search(attributes.get("style", "")):
            self.foreign.append(f"<{tag}> a style")
