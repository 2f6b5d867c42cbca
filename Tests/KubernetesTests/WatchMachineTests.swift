import Kubernetes
import Testing

@Suite("the watch machine")
struct WatchMachineTests {
    typealias Machine = WatchMachine<Node>

    static let gone = APIError.status(APIStatus(code: 410, reason: "Expired"))
    static let refused = APIError.status(APIStatus(code: 403, reason: "Forbidden"))
    static let broken = APIError.unknown("the connection broke")

    /// A machine whose list is complete and whose watch is open since `now`.
    static func watching(at now: Duration = .zero, version: String = "10") -> Machine {
        var machine = Machine(seed: 1)
        _ = machine.on(.start, now: now)
        _ = machine.on(.page(page([node("a", version: "5")], version: version)), now: now)
        return machine
    }

    @Test("it lists page by page and shows nothing before the last")
    func pages() {
        var machine = Machine(seed: 1)
        #expect(words(machine.on(.start, now: .zero)) == ["list - 500"])
        let first = machine.on(.page(page([node("a", version: "1")], next: "t1")), now: .zero)
        #expect(words(first) == ["list t1 500"])
        let last = machine.on(.page(page([node("b", version: "2")], version: "12")), now: .zero)
        #expect(words(last) == ["replace a b", "watch 12"])
    }

    @Test("each watch asks the server for an end between five and ten minutes, not always the same")
    func timeouts() {
        var seen: Set<Int> = []
        for seed in 0..<40 {
            var machine = Machine(seed: UInt64(seed))
            _ = machine.on(.start, now: .zero)
            guard case .watch(_, let seconds) = machine.on(.page(page([])), now: .zero).last else {
                Issue.record("no watch")
                return
            }
            #expect((300...600).contains(seconds))
            seen.insert(seconds)
        }
        #expect(seen.count > 10)
    }

    @Test("a change is applied and moves the resourceVersion on")
    func changes() {
        var machine = Self.watching()
        #expect(words(machine.on(.received(.added(node("b", version: "11"))), now: .seconds(1))) == ["added b"])
        #expect(words(machine.on(.received(.deleted(node("b", version: "12"))), now: .seconds(2))) == ["deleted b"])
        #expect(words(machine.on(.watchEnded, now: .seconds(3))) == ["watch 12"])
    }

    @Test("a bookmark moves the resourceVersion on and changes nothing else")
    func bookmarks() {
        var machine = Self.watching()
        #expect(words(machine.on(.received(.bookmark(resourceVersion: "40")), now: .seconds(1))) == [])
        #expect(words(machine.on(.watchEnded, now: .seconds(400))) == ["watch 40"])
    }

    @Test("a clean end is followed by a watch from the last resourceVersion, without a pause and without a list")
    func cleanEnd() {
        var machine = Self.watching()
        #expect(words(machine.on(.watchEnded, now: .seconds(310))) == ["watch 10"])
        #expect(machine.statistics.lists == 1)
        #expect(machine.statistics.watches == 2)
    }

    @Test("a very short watch without an event backs off, and longer each time")
    func shortWatch() {
        var machine = Self.watching()
        var pauses: [Duration] = []
        var now = Duration.zero
        for _ in 0..<8 {
            let actions = machine.on(.watchEnded, now: now + .milliseconds(10))
            #expect(words(actions).first == "report watch: the server ended it at once and without an event")
            guard case .pause(let pause) = actions.last else {
                Issue.record("no pause: \(actions)")
                return
            }
            pauses.append(pause)
            now += pause
            #expect(words(machine.on(.pauseEnded, now: now)) == ["watch 10"])
        }
        #expect(pauses[0] >= .milliseconds(800) && pauses[0] <= .milliseconds(1600))
        #expect(pauses.last == .seconds(30))
    }

    @Test("410, as an event or as a status, lists again at once; the old picture stays until the new one is whole")
    func expired() {
        var byEvent = Self.watching()
        #expect(
            words(byEvent.on(.received(.error(APIStatus(code: 410))), now: .seconds(5))) == [
                "close", "report watch: the resourceVersion is too old; listing again", "list - 500",
            ])
        var byStatus = Self.watching()
        #expect(
            words(byStatus.on(.watchFailed(Self.gone), now: .seconds(5))) == [
                "report watch: the resourceVersion is too old; listing again", "list - 500",
            ])
        #expect(
            words(byStatus.on(.page(page([node("z", version: "90")], version: "90")), now: .seconds(6))) == [
                "replace z", "watch 90",
            ])
    }

    @Test("a server that answers 410 again and again is not asked in a tight loop")
    func expiredAgain() {
        var machine = Self.watching()
        _ = machine.on(.watchFailed(Self.gone), now: .seconds(1))
        _ = machine.on(.page(page([])), now: .seconds(1))
        let second = machine.on(.watchFailed(Self.gone), now: .seconds(1))
        #expect(words(second).last == "pause")
        #expect(words(machine.on(.pauseEnded, now: .seconds(9))) == ["list - 500"])
    }

    @Test("another ERROR event closes the watch and lists again after a pause")
    func errorEvent() {
        var machine = Self.watching()
        let actions = machine.on(.received(.error(APIStatus(code: 500, message: "etcd"))), now: .seconds(5))
        #expect(words(actions) == ["close", "report watch: the server reported etcd", "pause"])
        #expect(words(machine.on(.pauseEnded, now: .seconds(9))) == ["list - 500"])
    }

    @Test("a continue token that expires in mid-list starts once more, everything in one page")
    func expiredList() {
        var machine = Machine(seed: 1)
        _ = machine.on(.start, now: .zero)
        _ = machine.on(.page(page([node("a", version: "1")], next: "t")), now: .zero)
        let actions = machine.on(.listFailed(Self.gone), now: .zero)
        #expect(
            words(actions) == [
                "report list: it took longer than the server keeps its pages; starting over", "list - all",
            ])
        #expect(words(machine.on(.page(page([node("b", version: "2")])), now: .zero)) == ["replace b", "watch 10"])
    }

    @Test(
        "a list that fails is named as that step and tried again after a pause",
        arguments: [gone, refused, broken, .unreachable("refused")])
    func listFailed(_ error: APIError) {
        var machine = Machine(seed: 1)
        _ = machine.on(.start, now: .zero)
        #expect(words(machine.on(.listFailed(error), now: .zero)) == ["report list: \(error)", "pause"])
        #expect(words(machine.on(.pauseEnded, now: .seconds(2))) == ["list - 500"])
    }

    @Test("a list without a resourceVersion is not watched from nowhere")
    func noVersion() {
        var machine = Machine(seed: 1)
        _ = machine.on(.start, now: .zero)
        #expect(words(machine.on(.page(page([], version: nil)), now: .zero)).last == "pause")
    }

    @Test("a watch that is refused and one that breaks off are told apart, and both go on from where they were")
    func watchFailures() {
        var refused = Self.watching()
        #expect(
            words(refused.on(.watchFailed(Self.refused), now: .seconds(5))) == [
                "report start of the watch: \(Self.refused)", "pause",
            ])
        #expect(words(refused.on(.pauseEnded, now: .seconds(8))) == ["watch 10"])
        var broken = Self.watching()
        _ = broken.on(.received(.added(node("b", version: "11"))), now: .seconds(1))
        #expect(
            words(broken.on(.watchFailed(Self.broken), now: .seconds(90))) == [
                "report watch: \(Self.broken)", "pause",
            ])
        #expect(words(broken.on(.pauseEnded, now: .seconds(93))) == ["watch 11"])
    }

    @Test("after several failures in a row the resourceVersion is given up and everything is listed")
    func doubtfulVersion() {
        var machine = Self.watching()
        var next: [String] = []
        for attempt in 0...Machine.failuresBeforeRelist {
            _ = machine.on(.watchFailed(Self.refused), now: .seconds(attempt))
            next = words(machine.on(.pauseEnded, now: .seconds(attempt)))
        }
        #expect(next == ["list - 500"])
    }

    @Test("a watch that lived two minutes resets the pause")
    func health() {
        var machine = Self.watching()
        for _ in 0..<3 {
            _ = machine.on(.watchEnded, now: .zero)
            _ = machine.on(.pauseEnded, now: .zero)
        }
        _ = machine.on(.received(.bookmark(resourceVersion: "11")), now: .seconds(121))
        guard case .pause(let pause) = machine.on(.watchFailed(Self.broken), now: .seconds(122)).last else {
            Issue.record("no pause")
            return
        }
        #expect(pause <= .milliseconds(1600))
    }

    @Test("what comes from something already given up changes nothing and is counted")
    func lateEvents() {
        var machine = Self.watching()
        _ = machine.on(.received(.error(APIStatus(code: 410))), now: .seconds(5))
        #expect(words(machine.on(.received(.added(node("x", version: "9"))), now: .seconds(5))) == [])
        #expect(words(machine.on(.watchEnded, now: .seconds(5))) == [])
        #expect(machine.statistics.ignored == 2)
    }

    private func words(_ actions: [Machine.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .list(let token, let limit): "list \(token ?? "-") \(limit.map { String($0) } ?? "all")"
            case .watch(let version, _): "watch \(version)"
            case .closeWatch: "close"
            case .replace(let objects): "replace \(objects.map(\.name).joined(separator: " "))"
            case .apply(.added(let object)): "added \(object.name)"
            case .apply(.modified(let object)): "modified \(object.name)"
            case .apply(.deleted(let object)): "deleted \(object.name)"
            case .apply: "apply"
            case .pause: "pause"
            case .report(let failure): "report \(failure)"
            }
        }
    }
}
