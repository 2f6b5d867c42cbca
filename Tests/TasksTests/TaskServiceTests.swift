import JSON
import Synchronization
import TestSupport
import Testing
import ToolMatching

@testable import Tasks

@Suite("tasks and those who wait for them")
struct TaskServiceTests {
    private static func house(gate: Gate? = nil, limits: TaskLimits = TaskLimits(), clock: TaskClock = .continuous())
        -> TestHouse
    {
        let tools = FakeTools(onCall: { await gate?.pass() })
        tools.add("sandfly-mcp-server", Tool.sandfly)
        return TestHouse(tools, limits: limits, clock: clock)
    }

    @Test("the same request sent twice is one task")
    func joined() async throws {
        let house = Self.house()
        let request = TaskRequest(query: "list sandfly hosts", id: "mine")
        let first = try house.service.submit(request)
        let second = try house.service.submit(request)
        #expect(first.isNew && !second.isNew)
        await second.task.finished()
        let third = try house.service.submit(request)
        #expect(third.task === first.task)
        #expect(house.tools.calls.count == 1)
    }

    @Test("an id in use for another query is refused")
    func idTaken() throws {
        let house = Self.house()
        _ = try house.service.submit(TaskRequest(query: "list sandfly hosts", id: "mine"))
        #expect(throws: TaskRefusal.idTaken("mine")) {
            try house.service.submit(TaskRequest(query: "list machines", id: "mine"))
        }
    }

    @Test(
        "an id that is not safe in a path or a log is refused",
        arguments: ["", ".", "-a", "a b", "a/b", "ä", "a\n", String(repeating: "a", count: 129)])
    func invalidID(_ id: String) {
        #expect(throws: TaskRefusal.invalidID) {
            try Self.house().service.submit(TaskRequest(query: "list hosts", id: id))
        }
    }

    @Test("a query that is empty or too long is refused")
    func invalidQuery() {
        let house = Self.house()
        #expect(throws: TaskRefusal.emptyQuery) { try house.service.submit(TaskRequest(query: " \n")) }
        let long = String(repeating: "a", count: 16_385)
        #expect(throws: TaskRefusal.queryTooLong(bytes: 16_385, maximum: 16_384)) {
            try house.service.submit(TaskRequest(query: long))
        }
    }

    @Test("above the limit of running tasks the next one is refused, and taken when one has ended")
    func busy() async throws {
        let gate = Gate()
        var limits = TaskLimits()
        limits.maximumRunning = 1
        let house = Self.house(gate: gate, limits: limits)
        let first = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        #expect(throws: TaskRefusal.busy(running: 1)) {
            try house.service.submit(TaskRequest(query: "list sandfly hosts"))
        }
        gate.open()
        await first.finished()
        #expect(await eventually { house.service.counts.running == 0 })
        #expect(try house.service.submit(TaskRequest(query: "list sandfly hosts")).isNew)
    }

    @Test("finished tasks are kept for their time, and the oldest goes first when there are too many")
    func retention() async throws {
        let time = Mutex(Duration.zero)
        let clock = TaskClock(now: { time.withLock { $0 } }, sleep: { _ in throw CancellationError() })
        var limits = TaskLimits()
        limits.maximumFinished = 2
        let house = Self.house(limits: limits, clock: clock)
        for id in ["a", "b", "c"] {
            try await house.service.submit(TaskRequest(query: "list sandfly hosts", id: id)).task.finished()
            #expect(await eventually { house.service.counts.running == 0 })
        }
        #expect(house.service.task("a") == nil)
        #expect(house.service.task("b") != nil)
        #expect(house.service.counts == TaskService.Counts(running: 0, finished: 2, dropped: 1))
        time.withLock { $0 = .seconds(600) }
        #expect(house.service.task("c") == nil)
        #expect(house.service.counts == TaskService.Counts(running: 0, finished: 0, dropped: 1))
    }

    @Test("finished tasks may not take more memory than their bound")
    func retainedBytes() async throws {
        var limits = TaskLimits()
        limits.maximumFinishedBytes = 1
        let house = Self.house(limits: limits)
        try await house.service.submit(TaskRequest(query: "list sandfly hosts", id: "a")).task.finished()
        #expect(await eventually { house.service.counts.dropped == 1 })
        #expect(house.service.task("a") == nil)
    }

    @Test("who asks to be called at the end is called once: at the end, or at once when that is over")
    func whenFinished() async throws {
        let gate = Gate()
        let house = Self.house(gate: gate)
        let task = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        let calls = Mutex<[TaskStatus]>([])
        task.whenFinished { calls.withLock { $0.append(task.snapshot.status) } }
        #expect(calls.withLock { $0.isEmpty })
        gate.open()
        await task.finished()
        #expect(await eventually { calls.withLock { $0 } == [.completed] })
        task.whenFinished { calls.withLock { $0.append(task.snapshot.status) } }
        #expect(calls.withLock { $0 } == [.completed, .completed])
    }

    @Test("a client that stops waiting does not stop the task")
    func clientGone() async throws {
        let gate = Gate()
        let house = Self.house(gate: gate)
        let task = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        let client = Task { await task.finished() }
        client.cancel()
        await client.value
        #expect(task.snapshot.status == .running)
        gate.open()
        await task.finished()
        #expect(task.snapshot.status == .completed)
    }

    @Test("when Cortex stops, a task in flight may end, and no new one begins")
    func stopGently() async throws {
        let gate = Gate()
        let house = Self.house(gate: gate)
        let task = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        let stop = Task { await house.service.stop(grace: .seconds(3600)) }
        #expect(
            await eventually {
                (try? house.service.submit(TaskRequest(query: "list hosts"))) == nil  // refused: it is stopping
            })
        gate.open()
        await stop.value
        #expect(task.snapshot.status == .completed)
        #expect(try Answer(task).story.contains("processing_delay"))
    }

    @Test("a task that does not end within the grace is ended with an error that says what to do")
    func stopHard() async throws {
        let gate = Gate()
        let house = Self.house(gate: gate)
        let task = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        await house.service.stop(grace: .milliseconds(1))
        let answer = try Answer(task)
        #expect(answer.status == .failed)
        #expect(answer.story.suffix(2) == ["error", "processing_complete:failed"])
        #expect(answer.result["error"]?.stringValue?.contains("send the query again") == true)
        gate.open()
    }

    @Test("a late watcher is told how many events are no longer kept")
    func missedEvents() {
        let task = TaskHandle(id: "a", query: "q", maximumEvents: 3)
        for number in 1...5 { task.append(.processingDelay(message: "\(number)")) }
        let batch = task.events(after: 0)
        #expect(batch.events.map(\.number) == [3, 4, 5])
        #expect(batch.missed == 2)
        #expect(task.events(after: 2).missed == 0)
        #expect(task.events(after: 4).events.map(\.number) == [5])
        #expect(task.events(after: 9).events.isEmpty)
    }

    @Test("nothing is added after the end")
    func ended() {
        let task = TaskHandle(id: "a", query: "q", maximumEvents: 10)
        #expect(task.end(TaskOutcome(status: .completed, result: "ok")))
        #expect(!task.end(TaskOutcome(status: .failed, result: "no")))
        task.append(.processingDelay(message: "late"))
        #expect(task.snapshot.eventCount == 1)
        #expect(task.events(after: 0).isLast)
    }
}
