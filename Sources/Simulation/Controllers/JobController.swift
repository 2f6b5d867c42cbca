import JSON
import Kubernetes

/// Runs a Job's pods to their end, with a back-off after failures.
/// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
struct JobController: KeyedController {
    static let component = "job-controller"
    static let resource = Resource(group: "batch", plural: "jobs", kind: "Job")

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        Simulation.keys(of: change, own: Self.resource, owns: [.pods])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let job = world.find(Self.resource, key.namespace, key.name), !job.isBeingDeleted else { return nil }
        guard job.condition("Complete") == nil, job.condition("Failed") == nil else { return expire(job, &world) }
        guard job.at("spec", "suspend")?.boolValue != true else { return nil }
        let pods = world.owned(.pods, by: job)
        let succeeded = pods.filter { $0.phase == "Succeeded" }.count
        let failed = pods.filter { $0.phase == "Failed" }
        let active = pods.filter(\.isActive)
        let restarts = active.map(\.restarts).reduce(0, +)
        let limit = job.at("spec", "backoffLimit")?.intValue ?? 6
        let wanted = job.at("spec", "completions")?.intValue ?? 1
        let now = world.seconds
        let begun = world.seconds(of: job.at("status", "startTime")) ?? now
        let deadline = job.at("spec", "activeDeadlineSeconds")?.doubleValue
        if failed.count > limit || restarts > 0 && restarts >= max(1, limit) {
            return fail(
                job, active, "BackoffLimitExceeded", "Job has reached the specified backoff limit", succeeded,
                failed.count, &world)
        }
        if let deadline, now >= begun + deadline {
            return fail(
                job, active, "DeadlineExceeded", "Job was active longer than specified deadline", succeeded,
                failed.count, &world)
        }
        if succeeded >= wanted { return complete(job, succeeded, failed.count, &world) }
        var again = deadline.map { begun + $0 }
        let parallel = min(job.at("spec", "parallelism")?.intValue ?? 1, wanted - succeeded)
        let lastFailure = failed.compactMap(Self.finished(world)).max()
        let delay = failed.isEmpty ? 0 : min(360, 10 * Double(1 << min(failed.count - 1, 6)))
        if active.count < parallel {
            let due = (lastFailure ?? now) + delay
            if now >= due {
                _ = PodMaker.make(parallel - active.count, of: job, Self.resource, Self.component, &world)
            } else {
                again = min(again ?? due, due)
            }
        }
        let running = world.owned(.pods, by: job).filter(\.isActive).count
        write(job, running, succeeded, failed.count, &world) { _, _ in }
        return again
    }

    /// A Job that has ended and may stay only so long goes then, and its pods with it.
    private func expire(_ job: JSONValue, _ world: inout World) -> Double? {
        let ends = (job.at("status", "conditions")?.arrayValue ?? []).compactMap { condition in
            ["Complete", "Failed"].contains(condition["type"]?.stringValue)
                ? world.seconds(of: condition["lastTransitionTime"]) : nil
        }
        guard let life = job.at("spec", "ttlSecondsAfterFinished")?.doubleValue, let end = ends.max() else {
            return nil
        }
        guard world.seconds >= end + life else { return end + life }
        world.remove(Self.resource, job)
        return nil
    }

    private static func finished(_ world: World) -> (JSONValue) -> Double? {
        { pod in
            let ends = (pod.at("status", "containerStatuses")?.arrayValue ?? []).map {
                $0.at("state", "terminated", "finishedAt")
            }
            // Nothing is kept of a pod that lasted too long but its beginning.
            return ends.compactMap { world.seconds(of: $0) }.max() ?? world.seconds(of: pod.at("status", "startTime"))
        }
    }

    private func write(
        _ job: JSONValue, _ active: Int, _ succeeded: Int, _ failed: Int, _ world: inout World,
        _ more: (inout JSONValue, JSONValue) -> Void
    ) {
        let stamp = world.stamp(world.seconds)
        world.edit(Self.resource, job, as: "kube-controller-manager", status: true) { job in
            if job.at("status", "startTime") == nil { job.put(stamp, at: "status", "startTime") }
            job.put(active == 0 ? nil : .integer(active), at: "status", "active")
            job.put(succeeded == 0 ? nil : .integer(succeeded), at: "status", "succeeded")
            job.put(failed == 0 ? nil : .integer(failed), at: "status", "failed")
            more(&job, stamp)
        }
    }

    private func fail(
        _ job: JSONValue, _ active: [JSONValue], _ reason: String, _ message: String, _ succeeded: Int,
        _ failed: Int, _ world: inout World
    ) -> Double? {
        for pod in active {
            world.remove(.pods, pod)
            world.tell(job, Self.resource, "SuccessfulDelete", "Deleted pod: \(pod.name)", from: Self.component)
        }
        write(job, 0, succeeded, failed + active.count, &world) { job, stamp in
            job.setCondition("Failed", "True", reason: reason, message: message, at: stamp, updates: false)
        }
        world.tell(job, Self.resource, reason, message, isWarning: true, from: Self.component)
        return nil
    }

    private func complete(_ job: JSONValue, _ succeeded: Int, _ failed: Int, _ world: inout World) -> Double? {
        write(job, 0, succeeded, failed, &world) { job, stamp in
            job.setCondition("Complete", "True", at: stamp, updates: false)
            job.put(stamp, at: "status", "completionTime")
        }
        world.tell(job, Self.resource, "Completed", "Job completed", from: Self.component)
        return nil
    }
}
