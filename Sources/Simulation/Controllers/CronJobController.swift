import JSON
import Kubernetes

/// Starts the Jobs of a CronJob by its schedule.
/// Source: pkg/controller/cronjob of Kubernetes.
struct CronJobController: KeyedController {
    static let component = "cronjob-controller"
    static let resource = Resource(group: "batch", plural: "cronjobs", kind: "CronJob")

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        Simulation.keys(of: change, own: Self.resource, owns: [JobController.resource])
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let cron = world.find(Self.resource, key.namespace, key.name), !cron.isBeingDeleted else { return nil }
        let jobs = world.owned(JobController.resource, by: cron)
        let active = jobs.filter { $0.condition("Complete") == nil && $0.condition("Failed") == nil }
        let schedule = CronSchedule(cron.at("spec", "schedule")?.stringValue ?? "")
        let last =
            world.seconds(of: cron.at("status", "lastScheduleTime"))
            ?? world.seconds(of: cron.at("metadata", "creationTimestamp")) ?? world.seconds
        let now = world.seconds
        var started: JSONValue?
        let isSuspended = cron.at("spec", "suspend")?.boolValue ?? false
        let due = schedule?.next(after: last, world)
        if let due, due <= now, !isSuspended {
            let policy = cron.at("spec", "concurrencyPolicy")?.stringValue ?? "Allow"
            if policy == "Forbid", !active.isEmpty {
                world.tell(
                    cron, Self.resource, "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid",
                    from: Self.component)
            } else {
                if policy == "Replace" { for job in active { world.remove(JobController.resource, job) } }
                start(cron, at: schedule?.latest(notAfter: now, world) ?? due, &world)
                started = world.stamp(due)
            }
        }
        let references: [JSONValue] = active.map { ["kind": "Job", "name": .string($0.name), "uid": .string($0.uid)] }
        world.edit(Self.resource, cron, as: "kube-controller-manager", status: true) { cron in
            cron.put(references.isEmpty ? nil : .array(references), at: "status", "active")
            if let started { cron.put(started, at: "status", "lastScheduleTime") }
        }
        trim(jobs, cron, &world)
        return isSuspended ? nil : schedule?.next(after: now, world)
    }

    private func start(_ cron: JSONValue, at time: Double, _ world: inout World) {
        var job: JSONValue = ["apiVersion": "batch/v1", "kind": "Job"]
        job["spec"] = cron.at("spec", "jobTemplate", "spec") ?? [:]
        job["metadata"] = [
            "name": .string("\(cron.name)-\(Int(world.epoch + time) / 60)"), "namespace": .string(cron.namespace ?? ""),
            "labels": cron.at("spec", "jobTemplate", "metadata", "labels") ?? [:],
            "ownerReferences": [PodMaker.reference(to: cron, Self.resource)],
        ]
        guard case .success(let made) = world.add(JobController.resource, job, as: "kube-controller-manager") else {
            return
        }
        world.tell(cron, Self.resource, "SuccessfulCreate", "Created job \(made.name)", from: Self.component)
    }

    /// Finished Jobs beyond the history's limits go.
    private func trim(_ jobs: [JSONValue], _ cron: JSONValue, _ world: inout World) {
        for (condition, field, standard) in [
            ("Complete", "successfulJobsHistoryLimit", 3), ("Failed", "failedJobsHistoryLimit", 1),
        ] {
            let limit = cron.at("spec", field)?.intValue ?? standard
            let finished = jobs.filter { $0.condition(condition) != nil }.sorted { $0.name < $1.name }
            for job in finished.prefix(max(0, finished.count - limit)) { world.remove(JobController.resource, job) }
        }
    }
}
