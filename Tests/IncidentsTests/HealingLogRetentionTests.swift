import FoundationEssentials
import Testing

@testable import Incidents

@Suite("The log files of healings")
struct HealingLogRetentionTests {
    private func file(_ service: String, _ epoch: Int, bytes: Int = 10) throws -> HealingLogRetention.File {
        try #require(HealingLogRetention.File(name: "heal-worker-\(service)-\(epoch).log", bytes: bytes))
    }

    @Test("what is older than its age goes, the newest stays whatever its age")
    func age() throws {
        let retention = HealingLogRetention(maximumAge: .seconds(100))
        let files = [try file("web", 10), try file("web", 950), try file("api", 899)]
        #expect(Set(retention.expired(files, now: 1000)) == ["heal-worker-web-10.log", "heal-worker-api-899.log"])
        #expect(retention.expired([files[0]], now: 1000).isEmpty)
    }

    @Test("when all together are too large the oldest go first")
    func size() throws {
        let retention = HealingLogRetention(maximumBytes: 100)
        let files = try (1...5).map { try file("s\($0)", $0, bytes: 40) }
        #expect(
            Set(retention.expired(files, now: 10))
                == ["heal-worker-s1-1.log", "heal-worker-s2-2.log", "heal-worker-s3-3.log"])
    }

    @Test("of thousands of files in a directory those within age, number and size stay, and nothing else is touched")
    func many() async throws {
        let directory = FileManager.default.temporaryDirectory.path + "/logs-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }  // a leftover in the temporary directory
        let content = Data(repeating: 0x2e, count: 100)
        // 100 services, 30 files each, one an hour.
        for service in 0..<100 {
            for hour in 0..<30 {
                let name = "heal-worker-s\(service)-\(1_000_000 - hour * 3600).log"
                #expect(FileManager.default.createFile(atPath: "\(directory)/\(name)", contents: content))
            }
        }
        let others = ["notes", "heal-worker-web.log", "cortex.sqlite"]
        for name in others {
            #expect(FileManager.default.createFile(atPath: "\(directory)/\(name)", contents: content))
        }
        func left(_ retention: HealingLogRetention) async throws -> [String] {
            await HealingLogs(
                directory: directory, retention: retention, now: { Date(timeIntervalSince1970: 1_000_000) }
            ).tidy()
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(others.allSatisfy(names.contains))
            return names.filter { !others.contains($0) }
        }
        #expect(try await left(HealingLogRetention()).count == 100 * 20, "at most 20 of one service")
        let young = try await left(HealingLogRetention(maximumAge: .seconds(9 * 3600)))
        #expect(young.count == 100 * 10)
        #expect(young.allSatisfy { name in (0...9).contains { name.hasSuffix("-\(1_000_000 - $0 * 3600).log") } })
        let small = try await left(HealingLogRetention(maximumBytes: 250 * 100))
        #expect(small.count == 250)
        #expect(Set(small).isSuperset(of: young.filter { $0.hasSuffix("-1000000.log") }), "the oldest go first")
    }

    @Test(
        "other files in the directory are none of its business",
        arguments: ["heal-worker-.log", "heal-worker-web.log", "web-1.log", "heal-worker-web-x.log", "notes"])
    func others(name: String) {
        #expect(HealingLogRetention.File(name: name, bytes: 1) == nil)
    }
}
