/// The kubelet's questions to a running container, and what follows from the answers.
extension PodRuntime {
    mutating func ask(_ index: Int, at now: Double) {
        if let probe = containers[index].startup, probe.nextAt <= now {
            ask(index, \.startup, at: now)
            return
        }
        guard containers[index].startup == nil else { return }
        if let probe = containers[index].liveness, probe.nextAt <= now { ask(index, \.liveness, at: now) }
        if let probe = containers[index].readiness, probe.nextAt <= now { ask(index, \.readiness, at: now) }
    }

    private mutating func ask(_ index: Int, _ path: WritableKeyPath<ContainerRuntime, ProbeState?>, at now: Double) {
        guard var probe = containers[index][keyPath: path], let process = containers[index].process else { return }
        let failure = failure(of: probe.plan, process, at: now)
        let change = probe.record(failure == nil, at: now)
        if let failure {
            let told = probe.failures <= probe.plan.failures + 2 || probe.failures % 30 == 0
            if told {
                events.append(.warning("Unhealthy", "\(probe.plan.kind.rawValue) probe failed: \(failure)", at: now))
            }
        }
        if probe.isSettled, change != .none {
            probe.skip(to: process.nextChange(after: now) ?? .greatestFiniteMagnitude)
        }
        containers[index][keyPath: path] = probe
        apply(change, of: probe.plan.kind, index, at: now)
    }

    private mutating func apply(_ change: ProbeState.Change, of kind: ProbePlan.Kind, _ index: Int, at now: Double) {
        switch (kind, change) {
        case (_, .none), (.liveness, .passed): break
        case (.readiness, .passed): containers[index].isReady = true
        case (.readiness, .failed): containers[index].isReady = false
        case (.startup, .passed):
            containers[index].startup = nil
            containers[index].countStarted()
            if containers[index].plan.isSidecar { beginNext(at: now) }
        case (.liveness, .failed), (.startup, .failed):
            guard containers[index].stopsAt == nil else { break }
            let name = containers[index].plan.name
            events.append(
                .normal(
                    "Killing",
                    "Container \(name) failed \(kind.rawValue.lowercased()) probe, will be restarted", at: now))
            containers[index].stopsAt = now + (containers[index].process?.program.stopsAfter ?? 0) + 0.1
        }
    }

    /// Nil when the probe succeeds, else the kubelet's own words.
    /// Source: recordings of Kubernetes 1.20.
    private func failure(of probe: ProbePlan, _ process: RunningProcess, at now: Double) -> String? {
        switch probe.question {
        case .http(let port, let path):
            let url = "http://\(ip):\(port ?? 0)\(path.hasPrefix("/") ? path : "/" + path)"
            switch process.answer(port: port, path: path, at: now) {
            case .status(let code):
                return 200..<400 ~= code ? nil : "HTTP probe failed with statuscode: \(code)"
            case .refused: return "Get \"\(url)\": dial tcp \(ip):\(port ?? 0): connect: connection refused"
            case .silent:
                return "Get \"\(url)\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            }
        case .tcp(let port):
            // A process that hangs still has its socket: the connection is made.
            let isOpen = port.map { process.isListening(on: $0, at: now) } ?? false
            return isOpen ? nil : "dial tcp \(ip):\(port ?? 0): connect: connection refused"
        case .exec(let succeeds):
            guard process.waitsFor == nil else { return nil }
            let isUp = now >= process.begunAt + process.program.readyAfter
            return succeeds && isUp && process.lacks.isEmpty ? nil : ""
        }
    }
}
