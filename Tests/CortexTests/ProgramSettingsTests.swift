import Configuration
import FoundationEssentials
import Testing

@testable import cortex

@Suite("The configuration a command runs with")
struct ProgramSettingsTests {
    private func settings(_ files: [String]) throws -> ProgramSettings {
        let folder = FileManager.default.temporaryDirectory.path + "/cortex-settings-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in files { try Data("log: {level: debug}\n".utf8).write(to: URL(filePath: "\(folder)/\(file)")) }
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover in the temporary directory
        let settings = try ProgramSettings(
            ParsedArguments([], for: Commands.config), of: Commands.config, defaultPath: "\(folder)/config.yaml")
        // Looked at while the folder is there.
        #expect(settings.strangeFiles == (files.contains("config.yaml") ? [] : files.filter { !$0.hasPrefix(".") }))
        #expect(settings.warnings.contains { $0.contains("was config.yaml meant?") } == !settings.strangeFiles.isEmpty)
        return settings
    }

    @Test("a ConfigMap with a key of another name does not pass in silence, and one that is not there does")
    func strangeFiles() throws {
        #expect(try settings(["config.yml"]).configuration.value("log.level").text == "info")
        #expect(try settings(["..data", "config.yaml", "other.txt"]).configuration.value("log.level").text == "debug")
        _ = try settings(["..data"])
        _ = try settings([])
    }
}
