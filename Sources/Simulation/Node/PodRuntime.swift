import JSON

/// One pod as the kubelet of its node runs it: a state machine over time. It changes nothing but itself; what it tells
/// becomes the pod's status and its Events.
struct PodRuntime: Hashable, Sendable {
    let name: String
    let namespace: String
    let uid: String
    let ip: String
    let restartPolicy: String
    let hasPullSecret: Bool
    let annotation: JSONValue?
    let startedAt: Double
    let mounts: [ContainerPlan.Need]
    let volumes: [String]
    var containers: [ContainerRuntime]
    /// Nil once every volume is there, else when they are looked for again.
    var mountsAt: Double?
    var mountDelay = 0.5
    /// When the whole pod is to be gone.
    var stopsAt: Double?
    /// When it has lasted for as long as it may; nil once it has, or for a pod without a limit.
    var deadline: Double?
    /// Its deadline has passed: the kubelet goes on showing its containers as it last saw them.
    /// Source: `generateAPIPodStatus` in pkg/kubelet/kubelet_pods.go of Kubernetes 1.20.
    var isExpired = false
    var hasStopped = false
    var events: [NodeEvent] = []

    init(_ pod: JSONValue, ip: String, longestBackoff: Double, at now: Double) {
        let spec = pod["spec"] ?? .null
        name = pod.name
        namespace = pod.namespace ?? ""
        uid = pod.uid
        self.ip = ip
        restartPolicy = spec["restartPolicy"]?.stringValue ?? "Always"
        hasPullSecret = spec["imagePullSecrets"]?.arrayValue?.isEmpty == false
        annotation = pod.annotations[Program.annotation].flatMap { ProgramAnnotation.value($0) }
        startedAt = now
        deadline = spec["activeDeadlineSeconds"]?.doubleValue.map { now + $0 }
        let found = ContainerPlan.mounts(of: spec)
        mounts = found.map(\.need)
        volumes = found.map(\.volume)
        let initial = (spec["initContainers"]?.arrayValue ?? []).map { ContainerPlan($0, pod: spec, isInit: true) }
        let own = (spec["containers"]?.arrayValue ?? []).map { ContainerPlan($0, pod: spec, isInit: false) }
        containers = (initial + own).map {
            ContainerRuntime(
                $0, waitsFor: initial.isEmpty ? "ContainerCreating" : "PodInitializing", longestBackoff: longestBackoff)
        }
        mountsAt = now + 0.2
    }

    /// When something is to be done; nil for never.
    var nextAt: Double? {
        var times = containers.compactMap(\.nextAt)
        if let mountsAt { times.append(mountsAt) }
        if let stopsAt, !hasStopped { times.append(stopsAt) }
        if let deadline { times.append(deadline) }
        return times.min()
    }

    var isInitialized: Bool { containers.filter(\.plan.isInit).allSatisfy { Self.isPassed($0) } }

    static func isPassed(_ container: ContainerRuntime) -> Bool {
        if container.plan.isSidecar { return container.isStarted }
        guard case .ended(let ended) = container.state else { return false }
        return ended.code == 0
    }

    var isReady: Bool {
        stopsAt == nil && isInitialized
            && containers.allSatisfy { $0.isReady || $0.plan.isInit && !$0.plan.isSidecar }
    }

    /// `Pending`, `Running`, `Succeeded` or `Failed`.
    /// Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
    var phase: String {
        if isExpired { return "Failed" }
        let own = containers.filter { !$0.plan.isInit }
        if !isInitialized {
            let hasFailed = containers.contains { $0.plan.isInit && $0.step == .done && !Self.isPassed($0) }
            return hasFailed ? "Failed" : "Pending"
        }
        if own.allSatisfy({ $0.step == .done }) {
            let codes = own.compactMap { if case .ended(let ended) = $0.state { ended.code } else { nil } }
            return codes.allSatisfy { $0 == 0 } ? "Succeeded" : "Failed"
        }
        return own.allSatisfy { $0.starts == 0 } ? "Pending" : "Running"
    }

    /// Everything that is due up to `now`, in the order of its times.
    mutating func advance(to now: Double, _ world: some PodSurroundings, present: inout Set<String>) {
        while let time = nextAt, time <= now {
            if let deadline, time >= deadline {
                expire(at: time)
                continue
            }
            if let stopsAt, !hasStopped, time >= stopsAt {
                finish(at: time)
                continue
            }
            if let at = mountsAt, at <= time { mount(at: time, world) }
            for index in containers.indices {
                while let due = containers[index].nextAt, due <= time {
                    step(index, at: due, world, present: &present)
                }
            }
        }
    }

    private mutating func mount(at now: Double, _ world: some PodSurroundings) {
        for (volume, need) in zip(volumes, mounts) {
            guard let lack = world.lack(of: need, namespace: namespace) else { continue }
            let words = "MountVolume.SetUp failed for volume \"\(volume)\" : \(lack)"
            events.append(.warning("FailedMount", words, at: now))
            mountsAt = now + mountDelay
            mountDelay = min(122, mountDelay * 2)
            return
        }
        mountsAt = nil
        beginNext(at: now)
    }

    /// Starts the containers whose turn it is: init containers one after the other, then all others together.
    mutating func beginNext(at now: Double) {
        guard mountsAt == nil, stopsAt == nil else { return }
        for index in containers.indices where containers[index].plan.isInit {
            guard !Self.isPassed(containers[index]) else { continue }
            if containers[index].step == .none, !containers[index].isRunning {
                containers[index].step = .begin(at: now)
            }
            return
        }
        for index in containers.indices where !containers[index].plan.isInit {
            if containers[index].step == .none, containers[index].starts == 0 {
                containers[index].step = .begin(at: now)
            }
        }
    }

    /// The kubelet learns that the pod is to go: every container gets the signal, and `grace` seconds.
    mutating func stop(grace: Double, at now: Double) {
        guard stopsAt == nil else {
            stopsAt = min(stopsAt ?? now, now + grace)
            return
        }
        var takes = 0.1
        for container in containers where container.isRunning {
            events.append(.normal("Killing", "Stopping container \(container.plan.name)", at: now))
            let isDeaf = container.process?.hungSince != nil
            takes = max(takes, isDeaf ? grace : container.process?.program.stopsAfter ?? 0)
        }
        stopsAt = now + min(grace, takes) + 0.2
        for index in containers.indices {
            if case .begin = containers[index].step { containers[index].step = .none }
            if case .pulled = containers[index].step { containers[index].step = .none }
            if case .start = containers[index].step { containers[index].step = .none }
        }
        mountsAt = nil
    }

    static let deadlineWords = "Pod was active on the node longer than the specified deadline"

    /// Source: pkg/kubelet/active_deadline.go of Kubernetes.
    private mutating func expire(at now: Double) {
        deadline = nil
        guard stopsAt == nil, phase != "Succeeded", phase != "Failed" else { return }
        isExpired = true
        events.append(.normal("DeadlineExceeded", Self.deadlineWords, at: now))
        for container in containers where container.isRunning {
            events.append(.normal("Killing", "Stopping container \(container.plan.name)", at: now))
        }
        for index in containers.indices {
            containers[index].process = nil
            containers[index].isReady = false
            containers[index].step = .done
        }
        mountsAt = nil
        hasStopped = true
    }

    private mutating func finish(at now: Double) {
        for index in containers.indices where containers[index].isRunning {
            containers[index].process = nil
            containers[index].isReady = false
            containers[index].step = .done
            if case .running(let since) = containers[index].state {
                containers[index].state = .ended(
                    .init(
                        code: 143, reason: "Error", message: nil, startedAt: since, finishedAt: now,
                        id: containers[index].id))
            }
        }
        hasStopped = true
    }

    /// Something around it has changed: dependencies are looked at again and probes ask in their own rhythm.
    mutating func reconsider(at now: Double, _ world: some PodSurroundings) {
        for index in containers.indices {
            guard let process = containers[index].process else { continue }
            if !process.program.dependencies.isEmpty { review(index, at: now, world) }
            containers[index].readiness?.resume(at: now)
            containers[index].liveness?.resume(at: now)
        }
    }

    /// Which dependencies of a running process are not reachable now.
    mutating func review(_ index: Int, at now: Double, _ world: some PodSurroundings) {
        guard var process = containers[index].process else { return }
        if let awaited = process.waitsFor, world.obstacle(to: awaited, from: namespace) == nil {
            process.waitsFor = nil
            process.begunAt = now
        }
        var lacks: [Program.Dependency] = []
        for dependency in process.program.dependencies where dependency.effect == .unready {
            guard let obstacle = world.obstacle(to: dependency, from: namespace) else { continue }
            lacks.append(dependency)
            if !process.lacks.contains(dependency) {
                containers[index].write(["ERROR: calling \(dependency.host) failed: \(obstacle)"], at: now)
            }
        }
        process.lacks = lacks
        containers[index].process = process
    }
}
