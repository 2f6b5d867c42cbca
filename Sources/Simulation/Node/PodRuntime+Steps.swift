import JSON

/// What happens to one container, one thing at a time.
extension PodRuntime {
    mutating func step(_ index: Int, at now: Double, _ world: some PodSurroundings, present: inout Set<String>) {
        switch containers[index].step {
        case .begin(let at) where at <= now: return begin(index, at: now, world, present: &present)
        case .pulled(let at) where at <= now: return pulled(index, at: now, world, present: &present)
        case .start(let at) where at <= now: return start(index, at: now, world)
        default: break
        }
        guard let process = containers[index].process else { return }
        if let stopsAt = containers[index].stopsAt, stopsAt <= now {
            return ended(index, code: 137, reason: "Error", at: now)
        }
        if let end = process.end, end.at <= now {
            switch end.how {
            case .exit(let code): return ended(index, code: code, reason: code == 0 ? "Completed" : "Error", at: now)
            case .outOfMemory: return ended(index, code: 137, reason: "OOMKilled", at: now)
            }
        }
        ask(index, at: now)
    }

    /// The image first: already there, to be pulled, or not to be had.
    private mutating func begin(
        _ index: Int, at now: Double, _ world: some PodSurroundings, present: inout Set<String>
    ) {
        let plan = containers[index].plan
        if let words = ImageCatalogue.invalidity(of: plan.image) {
            hold(index, "InvalidImageName", words, until: now + containers[index].pullBackoff.next())
            events.append(.warning("InspectFailed", words, at: now))
            events.append(.warning("Failed", "Error: InvalidImageName", at: now))
            return
        }
        let isThere = present.contains(ImageCatalogue.resolved(plan.image))
        if isThere, plan.pullPolicy != "Always" {
            events.append(
                .normal("Pulled", "Container image \"\(plan.image)\" already present on machine", at: now))
            return create(index, at: now, world)
        }
        if plan.pullPolicy == "Never" {
            let words = "Container image \"\(plan.image)\" is not present with pull policy of Never"
            hold(index, "ErrImageNeverPull", words, until: now + containers[index].pullBackoff.next())
            events.append(.warning("ErrImageNeverPull", words, at: now))
            events.append(.warning("Failed", "Error: ErrImageNeverPull", at: now))
            return
        }
        events.append(.normal("Pulling", "Pulling image \"\(plan.image)\"", at: now))
        let takes = world.images.isDown || isThere ? 0.3 : 1.2
        containers[index].step = .pulled(at: now + takes)
    }

    private mutating func pulled(
        _ index: Int, at now: Double, _ world: some PodSurroundings, present: inout Set<String>
    ) {
        let image = containers[index].plan.image
        guard let failure = world.images.pullFailure(image, hasSecret: hasPullSecret) else {
            present.insert(ImageCatalogue.resolved(image))
            events.append(.normal("Pulled", "Successfully pulled image \"\(image)\" in 1.2s", at: now))
            return create(index, at: now, world)
        }
        events.append(.warning("Failed", "Failed to pull image \"\(image)\": \(failure)", at: now))
        events.append(.warning("Failed", "Error: ErrImagePull", at: now))
        let delay = containers[index].pullBackoff.next()
        if delay <= RestartBackoff.first {
            hold(index, "ErrImagePull", failure, until: now + delay)
        } else {
            // The second failure and those after it are seen as the back-off between the tries.
            let words = "Back-off pulling image \"\(image)\""
            hold(index, "ImagePullBackOff", words, until: now + delay)
            events.append(.normal("BackOff", words, at: now))
            events.append(.warning("Failed", "Error: ImagePullBackOff", at: now))
        }
    }

    private mutating func hold(_ index: Int, _ reason: String, _ message: String?, until time: Double) {
        containers[index].state = .waiting(reason: reason, message: message)
        containers[index].step = .begin(at: time)
    }

    /// What it refers to must be there, and it must be allowed to run as it wants to.
    private mutating func create(_ index: Int, at now: Double, _ world: some PodSurroundings) {
        let plan = containers[index].plan
        let lack = plan.needs.compactMap { world.lack(of: $0, namespace: namespace) }.first
        let isRoot = world.images.image(plan.image)?.runsAsRoot ?? true
        let refusal =
            plan.runsAsNonRoot && isRoot
            ? "container has runAsNonRoot and image will run as root "
                + "(pod: \"\(name)_\(namespace)(\(uid))\", container: \(plan.name))" : nil
        if let words = lack ?? refusal {
            hold(index, "CreateContainerConfigError", words, until: now + 11)
            events.append(.warning("Failed", "Error: \(words)", at: now))
            return
        }
        events.append(.normal("Created", "Created container \(plan.name)", at: now))
        containers[index].step = .start(at: now + 0.4)
    }

    private mutating func start(_ index: Int, at now: Double, _ world: some PodSurroundings) {
        let plan = containers[index].plan
        containers[index].starts += 1
        containers[index].id = "containerd://\(uid)-\(plan.name)-\(containers[index].starts)"
        containers[index].previousLog = containers[index].log
        containers[index].log = []
        containers[index].step = .none
        let image = world.images.image(plan.image) ?? .init(program: Program())
        switch ProgramReader.read(plan.raw, image: image, annotation: annotation) {
        case .unstartable(let words):
            events.append(.warning("Failed", "Error: \(words)", at: now))
            ended(index, code: 128, reason: "StartError", message: words, at: now)
        case .program(let program):
            events.append(.normal("Started", "Started container \(plan.name)", at: now))
            run(program, index, at: now, world)
        }
    }

    private mutating func run(_ program: Program, _ index: Int, at now: Double, _ world: some PodSurroundings) {
        let plan = containers[index].plan
        let starts = containers[index].starts
        var process = RunningProcess(
            program: program, begunAt: now, memoryLimit: plan.memoryLimit,
            isToEnd: program.ending.map { starts <= $0.starts ?? .max } ?? false)
        containers[index].write(program.log, at: now)
        for dependency in program.dependencies {
            guard let obstacle = world.obstacle(to: dependency, from: namespace) else { continue }
            switch dependency.effect {
            case .wait:
                process.waitsFor = dependency
                containers[index].write(["waiting for \(dependency.host): \(obstacle)"], at: now)
            case .crash:
                process.isToEnd = true
                process.program.ending = .init(
                    after: 0.5, code: 1, log: ["FATAL: cannot reach \(dependency.host): \(obstacle)"])
            case .unready: break
            }
        }
        containers[index].process = process
        containers[index].state = .running(since: now)
        containers[index].stopsAt = nil
        containers[index].startup = plan.startup.map { ProbeState($0, startedAt: now) }
        containers[index].readiness = plan.readiness.map { ProbeState($0, startedAt: now) }
        containers[index].liveness = plan.liveness.map { ProbeState($0, startedAt: now) }
        containers[index].countStarted()
        review(index, at: now, world)
        if plan.isSidecar { beginNext(at: now) }
    }

    /// A container has ended: it is over, or it is started again after its back-off.
    private mutating func ended(_ index: Int, code: Int, reason: String, message: String? = nil, at now: Double) {
        let plan = containers[index].plan
        var since = now
        if case .running(let started) = containers[index].state { since = started }
        if code != 128, let ending = containers[index].process?.program.ending, reason != "OOMKilled" {
            containers[index].write(ending.log, at: now)
        }
        let end = ContainerRuntime.Ended(
            code: code, reason: reason, message: message, startedAt: since, finishedAt: now, id: containers[index].id)
        containers[index].process = nil
        containers[index].isReady = false
        containers[index].isStarted = false
        containers[index].stopsAt = nil
        containers[index].state = .ended(end)
        let isRestarted =
            plan.isSidecar
            || (plan.isInit ? code != 0 && restartPolicy != "Never" : restartPolicy == "Always")
            || (restartPolicy == "OnFailure" && code != 0)
        guard isRestarted, stopsAt == nil else {
            containers[index].step = .done
            return beginNext(at: now)
        }
        containers[index].last = end
        let delay = containers[index].backoff.next(after: now - since)
        if message != nil {
            containers[index].state = .waiting(reason: "RunContainerError", message: message)
        }
        guard delay > 0 else {
            containers[index].step = .begin(at: now + 0.5)
            return
        }
        let words =
            "back-off \(Self.duration(delay)) restarting failed container=\(plan.name) "
            + "pod=\(name)_\(namespace)(\(uid))"
        containers[index].state = .waiting(reason: "CrashLoopBackOff", message: words)
        containers[index].step = .begin(at: now + delay)
        events.append(.warning("BackOff", "Back-off restarting failed container", at: now))
    }

    /// As Go writes a duration: `20s`, `2m40s`, `5m0s`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return whole < 60 ? "\(whole)s" : "\(whole / 60)m\(whole % 60)s"
    }
}
