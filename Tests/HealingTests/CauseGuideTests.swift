import Diagnosis
import FoundationEssentials
import Testing

@testable import Healing

@Suite("What is said of a cause")
struct CauseGuideTests {
    @Test("every cause has its words; their place is CauseGuide+Entries.swift", arguments: CauseID.allCases)
    func words(cause: CauseID) {
        #expect(CauseGuide.has(cause))
    }

    @Test("advice is the text an incident ends with, with placeholders for the names")
    func advice() {
        let guide = CauseGuide(for: .rolloutPaused)
        #expect(guide.byHand.contains("kubectl rollout resume deployment/NAME -n NAMESPACE"))
        #expect(CauseGuide(for: .serviceTargetPort).byHand.contains("kubectl edit service NAME -n NAMESPACE"))
        #expect(guide.text.contains(guide.byHand))
    }

    @Test("docs/operations.md holds what the causes say; scripts/docs writes it")
    func page() throws {
        // Tests/HealingTests/CauseGuideTests.swift is three levels down.
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let data = try #require(FileManager.default.contents(atPath: root + "/docs/operations.md"))
        let text = String(decoding: data, as: UTF8.self)
        let start = try #require(text.firstRange(of: "<!-- Written by scripts/docs"))
        let from = try #require(text[start.upperBound...].firstIndex(of: "\n"))
        let end = try #require(text.firstRange(of: "<!-- End of what scripts/docs writes"))
        #expect(text[text.index(after: from)..<end.lowerBound] == CausePage.markdown)
    }
}
