import JSON
import Testing

@testable import Simulation

@Suite("The arithmetic of the controllers")
struct ArithmeticTests {
    typealias Count = RollingUpdate.Count

    @Test(
        "A rollout starts as many new pods as the surge allows",
        arguments: [
            (4, 1, 0, Count(wanted: 0, available: 0), [Count(wanted: 4, available: 4)], 1),
            (4, 0, 1, Count(wanted: 0, available: 0), [Count(wanted: 4, available: 4)], 0),
            (4, 0, 1, Count(wanted: 0, available: 0), [Count(wanted: 3, available: 3)], 1),
            (2, 2, 0, Count(wanted: 5, available: 5), [], 2),
        ])
    func starts(replicas: Int, surge: Int, unavailable: Int, new: Count, old: [Count], expected: Int) {
        let update = RollingUpdate(replicas: replicas, surge: surge, unavailable: unavailable)
        #expect(update.new(new, old: old) == expected)
    }

    @Test("Old pods that do not serve go first, and never more than may be unavailable")
    func stops() {
        let update = RollingUpdate(replicas: 4, surge: 1, unavailable: 1)
        #expect(update.old([Count(wanted: 4, available: 4)], new: Count(wanted: 1, available: 0)) == [3])
        #expect(update.old([Count(wanted: 3, available: 1)], new: Count(wanted: 2, available: 2)) == [1])
        let blocked = RollingUpdate(replicas: 2, surge: 1, unavailable: 0)
        #expect(blocked.old([Count(wanted: 2, available: 2)], new: Count(wanted: 1, available: 0)) == [2])
    }

    @Test("Percentages round up for the surge and down for the unavailable")
    func percentages() {
        #expect(RollingUpdate.count("25%", of: 3, up: true) == 1)
        #expect(RollingUpdate.count("25%", of: 3, up: false) == 0)
    }

    @Test("A container that keeps ending waits 10 s, doubled up to 300 s, and starts over after ten good minutes")
    func backsOff() {
        var backoff = RestartBackoff()
        let delays = (0..<8).map { _ in backoff.next(after: 1) }
        #expect(delays == [0, 10, 20, 40, 80, 160, 300, 300])
        #expect(backoff.next(after: 700) == 0)
    }

    @Test("A budget lets go what is healthy beyond what it wants")
    func budgets() {
        #expect(DisruptionController.arithmetic(["minAvailable": 2], expected: 2, healthy: 2) == (2, 0))
        #expect(DisruptionController.arithmetic(["maxUnavailable": 1], expected: 3, healthy: 3) == (2, 1))
        #expect(DisruptionController.arithmetic(["minAvailable": "50%"], expected: 3, healthy: 3) == (2, 1))
    }

    @Test("A script's commands become a program: what it says, when it ends, where it listens")
    func scripts() {
        let failing = ShellScript.program("echo no settings; sleep 2; exit 3", base: Program())
        #expect(failing.ending?.code == 3 && failing.ending?.after == 2.05 && failing.ending?.log == ["no settings"])
        #expect(ShellScript.program("mkdir -p /w; exec httpd -f -p 3000 -h /w", base: Program()).ports == [3000])
        let waiting = ShellScript.program("until nslookup db; do sleep 1; done", base: Program())
        #expect(waiting.dependencies.map(\.host) == ["db"])
    }
}
