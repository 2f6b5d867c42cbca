import Testing

@testable import cortex

@Suite("The live view of the demo")
struct DemoScreenTests {
    private static var escape: Regex<Substring> { /\u{1b}\[[0-9;?]*[A-Za-z]/ }

    private static func shown(_ screen: DemoScreen) -> [String] {
        screen.text.replacing(escape, with: "").split(separator: "\r\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    private static func screen(_ width: Int, _ height: Int) -> DemoScreen {
        DemoScreen(
            header: ["Cortex", "  try       cortex demo break image-not-found web --server http://127.0.0.1:18000"],
            rows: [
                .init(name: "web", ready: 0, wanted: 2, isAnswering: false),
                .init(name: "database", ready: 1, wanted: 1, isAnswering: true),
            ],
            doings: ["web": "image-not-found: Rolling Deployment/web back to revision 1"],
            lines: (1...50).map { "line \($0) " + String(repeating: "é", count: 100) }, width: width, height: height)
    }

    @Test(
        "no line is wider than the terminal, and there are never more than fit",
        arguments: [(80, 24), (40, 10), (200, 60), (10, 3), (1, 1)])
    func size(width: Int, height: Int) {
        let lines = Self.shown(Self.screen(width, height))
        #expect(lines.count <= height)
        #expect(lines.allSatisfy { $0.count <= max(width, 4) }, "\(lines)")
    }

    @Test("it is drawn in one piece from the top, over what stood there, and never cleared first")
    func flicker() {
        let text = Self.screen(80, 24).text
        #expect(text.hasPrefix("\u{1b}[H"))
        #expect(!text.contains("\u{1b}[2J"))
        #expect(text.hasSuffix("\u{1b}[J"))
    }

    @Test("a command that is too long for the terminal goes on in the next line")
    func folding() {
        let lines = Self.shown(Self.screen(60, 24))
        #expect(lines.contains("  try       cortex demo break image-not-found web --server"))
        #expect(lines.contains("            http://127.0.0.1:18000"))
    }

    @Test("beside a service that is being healed stands what Cortex does, and the newest lines are at the end")
    func doing() {
        let lines = Self.shown(Self.screen(100, 24))
        #expect(lines.contains { $0.contains("web") && $0.contains("no answer   image-not-found: Rolling") })
        #expect(lines.contains { $0.hasPrefix("  ● database") && $0.hasSuffix("answers") })
        #expect(lines.last?.hasPrefix("line 50 ") == true)
    }
}
