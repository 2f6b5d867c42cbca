import Configuration
import FoundationEssentials
import Testing

@Suite("docs/configuration.md")
struct ConfigurationPageTests {
    @Test("it is what the settings say; scripts/docs writes it")
    func current() throws {
        // Tests/ConfigurationTests/ConfigurationPageTests.swift is three levels down.
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let file = try #require(FileManager.default.contents(atPath: root + "/docs/configuration.md"))
        #expect(String(decoding: file, as: UTF8.self) == ConfigurationPage.markdown)
    }

    @Test("every setting has a variable and a key of its own, and a default that is allowed")
    func settings() throws {
        #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
        _ = try Configuration()
    }
}
