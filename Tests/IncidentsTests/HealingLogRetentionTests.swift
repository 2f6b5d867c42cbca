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

    @Test(
        "other files in the directory are none of its business",
        arguments: ["heal-worker-.log", "heal-worker-web.log", "web-1.log", "heal-worker-web-x.log", "notes"])
    func others(name: String) {
        #expect(HealingLogRetention.File(name: name, bytes: 1) == nil)
    }
}
