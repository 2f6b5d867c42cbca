import FoundationEssentials
import Glibc
import Testing

@testable import Incidents

@Suite("A healing program of the user's own")
struct CustomWorkerTests {
    /// A shell script as the worker; it finds the cluster scaled up when `heals`.
    private func events(_ script: String, replicas: Int = 0) async throws -> (events: [HealingEvent], desk: Desk) {
        let path = FileManager.default.temporaryDirectory.path + "/worker-\(UInt64.random(in: 0 ... .max)).sh"
        #expect(FileManager.default.createFile(atPath: path, contents: Data("#!/bin/sh\n\(script)\n".utf8)))
        #expect(chmod(path, 0o755) == 0)
        defer { unlink(path) }
        let desk = try Desk(FakeCluster(replicas: replicas), worker: path)
        defer { desk.remove() }
        return (await desk.heal(), desk)
    }

    private static let success =
        #"echo '{"success": true, "diagnosis": "d", "fix_applied": "Did it", "timestamp": "t"}'"#

    @Test("its progress is passed on and its success is proven by the service's own answer")
    func success() async throws {
        let (events, desk) = try await events("echo 'PROGRESS: half way'\necho noise\n\(Self.success)", replicas: 1)
        #expect(events.contains(.progress(service: "web", message: "half way")))
        #expect(!events.contains(.progress(service: "web", message: "noise")))
        #expect(events.last == .completed(service: "web", message: "Did it"))
        #expect(desk.cluster.writes.isEmpty, "Cortex itself changes nothing")
    }

    @Test("its report is its last line, however much it printed before")
    func longOutput() async throws {
        let noise = "head -c 2000000 /dev/zero | tr '\\0' 'x' | fold -w 100; echo"
        let (events, _) = try await events("\(noise)\n\(Self.success)", replicas: 1)
        #expect(events.last == .completed(service: "web", message: "Did it"))
    }

    @Test("its report may be a long line, of which everybody gets the beginning")
    func longReport() async throws {
        let long = "printf '{\"success\": true, \"diagnosis\": \"%s\", \"fix_applied\": \"Did it\"}\\n' "
        let (events, _) = try await events(long + #""$(head -c 100000 /dev/zero | tr '\0' d)""#, replicas: 1)
        #expect(events.last == .completed(service: "web", message: "Did it"))
    }

    @Test("what it prints without end is passed on up to a bound, and the rest is counted once")
    func endless() async throws {
        let (events, desk) = try await events("yes 'PROGRESS: on and on' | head -n 50000; \(Self.success)", replicas: 1)
        #expect(events.last == .completed(service: "web", message: "Did it"))
        let note = "The healing worker printed more than 1000 lines; 49000 were dropped"
        #expect(events.count < 1100)
        #expect(events.filter { $0 == .progress(service: "web", message: note) }.count == 1)
        #expect(desk.log.all.count < 1200)
        #expect(desk.log.all.filter { $0.contains(note) }.count == 1)
    }

    @Test("it gets SERVICE ERROR URL as arguments and never through a shell")
    func arguments() async throws {
        let (events, _) = try await events(#"echo "PROGRESS: $#|$1|$2|$3"; exit 1"#)
        let wanted = "3|web|connection refused|http://web.shop.svc.cluster.local:80"
        #expect(events.contains(.progress(service: "web", message: wanted)))
    }

    @Test(
        "output that is no report is an incident of its own",
        arguments: ["echo garbage", "true", "exit 3", #"echo '{"success": "yes"}'"#, "printf '\\377\\376'"])
    func garbage(script: String) async throws {
        let (events, _) = try await events(script)
        guard case .failed(_, let message, let recommendation)? = events.last else {
            Issue.record("not failed: \(events)")
            return
        }
        #expect(message.contains("output format was invalid"))
        #expect(recommendation.contains("one line of JSON"))
    }

    @Test("a worker that is not there is named, with the remedy")
    func missing() async throws {
        let desk = try Desk(worker: "/nonexistent/worker.sh")
        defer { desk.remove() }
        guard case .failed(_, let message, let recommendation)? = await desk.heal().last else {
            Issue.record("not failed")
            return
        }
        #expect(message.contains("Cannot find healing worker at /nonexistent/worker.sh"))
        #expect(recommendation.contains("SELF_HEAL_WORKER_PATH"))
    }

    @Test(
        "a program that the worker misses is named, with the remedy",
        arguments: [
            "no-such-kubectl get pods", "no-such-kubectl get pods; echo '{\"success\": false}'",
            "echo 'bash: line 3: no-such-kubectl: command not found'; exit 127",
        ])
    func missingProgram(script: String) async throws {
        let (events, _) = try await events(script)
        guard case .failed(_, let message, let recommendation)? = events.last else {
            Issue.record("not failed: \(events)")
            return
        }
        #expect(message.contains("calls no-such-kubectl, which is not there"))
        #expect(recommendation.contains("an image that has no-such-kubectl"))
    }

    @Test("what it says of its failure is passed on")
    func failure() async throws {
        let report = #"{"success": false, "diagnosis": "broken", "fix_attempted": "x", "recommendation": "Call Ann"}"#
        let (events, _) = try await events("echo '\(report)'; exit 1")
        guard case .failed(_, let message, let recommendation)? = events.last else {
            Issue.record("not failed: \(events)")
            return
        }
        #expect(message.contains("broken"))
        #expect(recommendation == "Call Ann")
    }
}
