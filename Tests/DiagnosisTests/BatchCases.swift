import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("Work that is to end")
struct BatchCases {
    private static let template: JSONValue = ["spec": ["containers": [["name": "work", "image": "busybox"]]]]

    private static func job(
        _ name: String, _ condition: String? = nil, reason: String = "", age: Double = 300, owner: String? = nil,
        suspend: Bool = false
    ) -> JSONValue {
        var metadata: [String: JSONValue] = [
            "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
            "creationTimestamp": Scene.time(age),
        ]
        if let owner {
            metadata["ownerReferences"] = [
                [
                    "apiVersion": "batch/v1", "kind": "CronJob", "name": .string(owner), "uid": .string("uid-\(owner)"),
                    "controller": true,
                ]
            ]
        }
        var status: [String: JSONValue] = [:]
        if let condition {
            status["conditions"] = [
                ["type": .string(condition), "status": "True", "reason": .string(reason), "message": "it is so"]
            ]
        }
        return [
            "kind": "Job", "metadata": .object(metadata), "spec": ["template": template, "suspend": .bool(suspend)],
            "status": .object(status),
        ]
    }

    private static func cron(policy: String = "Forbid", suspend: Bool = false) -> JSONValue {
        [
            "kind": "CronJob", "metadata": ["name": "nightly", "namespace": "shop", "uid": "uid-nightly"],
            "spec": [
                "schedule": "*/1 * * * *", "concurrencyPolicy": .string(policy), "suspend": .bool(suspend),
                "jobTemplate": ["spec": ["template": template]],
            ],
        ]
    }

    private static func scene(_ kind: String, _ name: String, _ objects: JSONValue...) -> Scene {
        Scene {
            $0.others = objects
            $0.target = Target(kind: kind, namespace: "shop", name: name)
        }
    }

    private static let cases: [Case] = [
        Case(
            "a Job that gave up", scene("Job", "load", job("load", "Failed", reason: "BackoffLimitExceeded")),
            is: .jobFailed, finding: "job-failed"),
        Case(
            "a Job that is done", scene("Job", "load", job("load", "Complete")), is: nil, healthy: true,
            finding: "job-completed"),
        Case("a Job at work", scene("Job", "load", job("load")), is: nil, healthy: true),
        Case("a Job that is suspended", scene("Job", "load", job("load", suspend: true)), is: .suspended),
        Case(
            "a CronJob that waits for a Job that does not end",
            scene("CronJob", "nightly", cron(), job("nightly-1", age: 300, owner: "nightly")), is: .cronJobBlocked,
            finding: "runs-missed"),
        Case(
            "a CronJob whose Job began just now",
            scene("CronJob", "nightly", cron(), job("nightly-1", age: 10, owner: "nightly")), is: nil, healthy: true),
        Case(
            "a CronJob that allows several at once",
            scene("CronJob", "nightly", cron(policy: "Allow"), job("nightly-1", owner: "nightly")), is: nil,
            healthy: true),
        Case(
            "a CronJob whose last Job failed",
            scene(
                "CronJob", "nightly", cron(), job("nightly-1", "Complete", age: 500, owner: "nightly"),
                job("nightly-2", "Failed", reason: "DeadlineExceeded", age: 200, owner: "nightly")), is: .jobFailed),
        Case("a CronJob that is suspended", scene("CronJob", "nightly", cron(suspend: true)), is: .suspended),
    ]

    @Test("work that ended, failed, waits or is suspended", arguments: cases)
    func batch(_ item: Case) throws { try item.check() }

    @Test("a Job that was ended for its deadline is not said to have ended by itself")
    func deadline() throws {
        let verdict = try Self.scene("Job", "load", Self.job("load", "Failed", reason: "DeadlineExceeded")).verdict()
        #expect(verdict.cause?.summary.contains("activeDeadlineSeconds") == true, "\(verdict)")
        #expect(verdict.cause?.summary.contains("its process ended") == false)
    }
}
