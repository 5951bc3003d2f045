"""What may be wrong with a page that answers: for people, for the policy, for phones."""

from axe_playwright_python.sync_playwright import Axe

AXE_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}


def watched(context):
    """Return a page that notes what the browser complains about."""
    page = context.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def problems_of(page, complaints, address, *, expected=200):
    complaints.clear()
    answer = page.goto(address)
    results = Axe().run(page, options=AXE_RULES).response["violations"]
    problems = [
        f"axe {each['id']}: {each['nodes'][0]['html'][:150]}" for each in results
    ]
    sideways = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if sideways > 0:
        problems.append(f"{sideways} px wider than the screen")
    if answer.status != expected:
        problems.append(f"answered {answer.status}")
    problems += [text for text in complaints if "404 (Not Found)" not in text]
    return [f"{address}: {problem}" for problem in problems]
