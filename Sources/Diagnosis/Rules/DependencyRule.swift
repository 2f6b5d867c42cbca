import FoundationEssentials
public import Kubernetes

/// What a workload needs of others and does not get: then it is a victim, and the one that it waits for is healed.
struct DependencyRule: Rule {
    /// The workloads whose trouble led here, so that two that call each other do not lead in a circle.
    let visited: Set<WorkloadReference>

    /// Longer chains than this are not followed.
    private static let depth = 4

    /// Causes that may be nothing but the echo of another workload's fault.
    private static let echoes: Set<CauseID> = [
        .crashNewRevision, .crashOnlyRevision, .crashTransient, .initHangs, .initCrashes, .hang, .slowStart,
        .rolloutStuck, .rolloutRunning, .podDeleted, .livenessWrong, .badAnswer, .notListening,
    ]
    private static let starts: Set<CauseID> = [.slowStart, .rolloutRunning, .podDeleted]
    private static let crashes: Set<CauseID> = [.crashNewRevision, .crashOnlyRevision, .crashTransient, .initCrashes]

    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired > 0, !workload.isBatch else { return }
        let own = report.rootCause
        guard own.map({ Self.echoes.contains($0.id) }) ?? true else { return }
        suspectRights(subject, into: &report)
        let isBad = subject.snapshot.answer.map { $0.kind != .ok } ?? false
        guard subject.readyCount < workload.desired || isBad || own != nil else { return }
        suspectNames(subject, into: &report)
        for dependency in Dependency.all(of: subject) {
            suspectBack(dependency, own, subject, into: &report)
            suspectDown(dependency, own, workload, subject, into: &report)
            suspectPolicy(dependency, subject, into: &report)
        }
    }

    private func suspectDown(
        _ dependency: Dependency, _ own: Cause?, _ workload: Workload, _ subject: Subject, into report: inout Report
    ) {
        guard let service = dependency.service, visited.count < Self.depth else { return }
        let other = subject.snapshot.retargeted(to: service)
        let known = visited.union([workload.reference])
        guard let needed = Resolution(other).workload?.reference, !known.contains(needed) else { return }
        let verdict = Diagnostician.diagnose(other, visited: known)
        guard !verdict.healthy, Self.isDown(service, verdict, subject), Self.explains(own, dependency, subject) else {
            return
        }
        report.find(
            "dependency", subject.owner,
            "\(workload.reference) needs Service \(service.name), and nothing answers there.", [dependency.evidence])
        let why = verdict.cause?.summary ?? "it does not work, and nothing known explains why."
        var cause = Cause(
            id: .dependencyDown,
            summary: "\(workload.reference) waits for \(verdict.target), which it calls as \(dependency.host): \(why)",
            object: verdict.cause?.object
                ?? ObjectReference(
                    kind: verdict.target.kind.rawValue, namespace: verdict.target.namespace, name: verdict.target.name))
        cause.dependency = other.target
        cause.victims = [subject.owner]
        report.suspect(.dependency, cause)
    }

    /// It ended while nobody answered there, and somebody does since: all that it lacks is its next start.
    private func suspectBack(
        _ dependency: Dependency, _ own: Cause?, _ subject: Subject, into report: inout Report
    ) {
        guard let own, Self.crashes.contains(own.id), let service = dependency.service,
            let selector = service.spec.selector, !selector.isEmpty,
            dependency.isLogged || Self.isSpokenOf(dependency, subject)
        else { return }
        let ends = subject.currentPods.filter { pod in own.pods.contains { $0.name == pod.name } }
            .compactMap { ContainerTrouble.first(of: $0, now: subject.now)?.ended?.finishedAt }
        let ready = subject.snapshot.pods.filter { pod in
            pod.isReady && LabelSelector(matchLabels: selector).matches(pod.metadata.labels ?? [:])
        }
        let since = ready.compactMap { pod in
            pod.status?.conditions?.first { $0.type == "Ready" }?.lastTransitionTime
        }
        guard let last = ends.max(), let back = since.min(), since.count == ready.count, back > last else { return }
        report.find(
            "dependency-back", service.reference,
            "Service \(service.name), which \(subject.owner) calls, has had nobody behind it until a moment ago.",
            [
                Evidence(
                    object: service.reference, field: "pods' conditions[Ready]", value: "True, after the last end",
                    time: back)
            ])
        report.suspect(
            .dependency,
            Cause(
                id: .crashTransient,
                summary:
                    "\(subject.owner) ended while nobody answered at \(dependency.host), which is back since; it is "
                    + "started again.", object: subject.owner, pods: own.pods))
    }

    private static func isDown(_ service: Service, _ verdict: Verdict, _ subject: Subject) -> Bool {
        if let id = verdict.cause?.id, [.serviceSelector, .serviceTargetPort].contains(id) { return true }
        let subsets = subject.snapshot.endpoints.first { $0.name == service.name }?.subsets ?? []
        return subject.unread(.endpoints).isEmpty && subsets.allSatisfy { ($0.addresses ?? []).isEmpty }
    }

    /// A program that ended says why. Where it names another reason than the dependency, that is the reason. One that
    /// merely starts needs no reason at all: only its own word makes it wait for another.
    private static func explains(_ own: Cause?, _ dependency: Dependency, _ subject: Subject) -> Bool {
        guard let own, !dependency.isLogged else { return true }
        if starts.contains(own.id) { return isSpokenOf(dependency, subject) }
        guard own.rollbackRevision == nil else { return false }
        guard crashes.contains(own.id) else { return true }
        let logs = subject.snapshot.logs.filter { log in own.pods.contains { $0.name == log.pod } && !log.lines.isEmpty
        }
        let isHostless = subject.logClues.contains { $0.host == nil && $0.meaning != .forbidden }
        let names = logs.contains { log in log.lines.contains { $0.contains(dependency.host) } }
        return logs.isEmpty || isHostless || names
    }

    /// A log, a probe's message or the running init container's own command names it.
    private static func isSpokenOf(_ dependency: Dependency, _ subject: Subject) -> Bool {
        let waiting = subject.currentPods.filter { !$0.isReady }
        let isLogged = subject.snapshot.logs.contains { log in
            waiting.contains { $0.name == log.pod } && log.lines.contains { $0.contains(dependency.host) }
        }
        let isProbed = waiting.flatMap { subject.events(of: $0.reference) }.contains { event in
            event.reason == "Unhealthy" && event.text.contains(dependency.host)
        }
        let isHostless = subject.logClues.contains { $0.host == nil && $0.meaning != .forbidden }
        let initial = waiting.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }.filter(\.isInit)
        let isInit = initial.contains { dependency.evidence.field.contains("containers[\($0.status.name)]") }
        return isLogged || isProbed || isHostless || isInit
    }

    private func suspectRights(_ subject: Subject, into report: inout Report) {
        let clues = subject.logClues.filter { $0.meaning == .forbidden }
        // One refusal in a service that works may be a question it can do without.
        guard let clue = clues.last, clues.count > 1 || subject.readyPods.count < subject.currentPods.count else {
            return
        }
        report.find(
            "refused-by-api", subject.owner, "The API server refuses \(subject.owner).", [clue.evidence(subject)])
        let account = clue.host ?? "its service account"
        report.suspect(
            .dependency,
            subject.cause(
                .rbacRevoked,
                "\(subject.owner) runs as service account \(account), which may not do what it needs: \(clue.line)",
                fault: .serviceAccount, pods: subject.currentPods))
    }

    private func suspectNames(_ subject: Subject, into report: inout Report) {
        let initNames = Set(subject.workload?.podSpec.initContainers?.map(\.name) ?? [])
        for clue in subject.logClues.reversed() where clue.meaning == .nameNotFound || clue.meaning == .noNameService {
            let known = clue.host.flatMap { subject.service(named: $0) }
            if clue.meaning == .noNameService || known.map({ isOlder($0, than: clue, subject) }) ?? false {
                report.find("no-name-service", subject.owner, "Names are not found.", [clue.evidence(subject)])
                if suspectPolicy(keepingNamesFrom: subject, clue, into: &report) { return }
                report.suspect(
                    .dependency,
                    Cause(
                        id: .dnsDown,
                        summary: "\(subject.owner) finds no names, not even those that exist: the cluster's DNS does "
                            + "not answer (\(clue.line)).",
                        object: ObjectReference(kind: "Service", namespace: "kube-system", name: "kube-dns")))
                return
            }
            // What an init container waits for is the init container's cause.
            guard known == nil, !initNames.contains(clue.container), subject.unread(.services).isEmpty,
                let host = clue.host ?? missingHost(subject), isRepeated(clue, subject)
            else { continue }
            report.find("name-not-found", subject.owner, "\(host) is not found.", [clue.evidence(subject)])
            var cause = subject.cause(
                .dependencyMissing, "", fault: .process(container: clue.container), pods: subject.currentPods)
            let brought = subject.changeWords(cause).map { " since \($0)" } ?? ""
            let isOwn = subject.isOfOwnNamespace(host.split(separator: ".").map(String.init))
            cause.summary =
                "\(subject.owner) calls \(host)\(brought), "
                + (isOwn ? "and there is no Service of that name in the namespace." : "a name that is not found.")
            report.suspect(.dependency, cause)
            return
        }
    }

    /// What keeps these pods alone from the DNS is no fault of the DNS.
    private func suspectPolicy(
        keepingNamesFrom subject: Subject, _ clue: LogClue, into report: inout Report
    ) -> Bool {
        let pod = subject.livePods.first { $0.name == clue.pod }
        guard let pod, let doubt = PolicyDoubt.ofNames(in: subject.snapshot.networkPolicies, for: pod) else {
            return false
        }
        report.find(
            "policy-restricts", doubt.policy.reference, "\(doubt.policy.reference) \(doubt.words).",
            [
                Evidence(
                    object: doubt.policy.reference, field: "spec.egress",
                    value: "no rule for port 53 beyond the namespace", time: doubt.policy.lastChange)
            ])
        var cause = Cause(
            id: .networkPolicy,
            summary: "\(subject.owner) finds no names (\(clue.line)): \(doubt.policy.reference) selects its pods and "
                + "\(doubt.words).",
            object: doubt.policy.reference, pods: [pod.reference])
        cause.hint = .namesKept
        report.suspect(.dependency, cause)
        return true
    }

    /// What is deployed together comes up one after the other: a name that was missing once may be there the next time.
    /// Said again by the same process, by the one after it, or by another replica.
    private func isRepeated(_ clue: LogClue, _ subject: Subject) -> Bool {
        let same = subject.logClues.filter { $0.meaning == clue.meaning }
        if same.contains(where: { $0.pod != clue.pod && $0.host == clue.host }) { return true }
        let times = same.filter { $0.pod == clue.pod }.count
        let statuses = subject.livePods.first { $0.name == clue.pod }?.status?.containerStatuses ?? []
        return times > 1 || statuses.contains { $0.name == clue.container && $0.restartCount > 1 }
    }

    /// The one host of the template that could be a Service of the namespace and is none.
    private func missingHost(_ subject: Subject) -> String? {
        let missing = Dependency.all(of: subject).filter { dependency in
            dependency.service == nil
                && subject.isOfOwnNamespace(dependency.host.split(separator: ".").map(String.init))
        }
        return missing.count == 1 ? missing[0].host : nil
    }

    /// A Service that came after the program asked for it was rightly not found.
    private func isOlder(_ service: Service, than clue: LogClue, _ subject: Subject) -> Bool {
        let pod = subject.livePods.first { $0.name == clue.pod }
        let statuses = (pod?.status?.initContainerStatuses ?? []) + (pod?.status?.containerStatuses ?? [])
        let status = statuses.first { $0.name == clue.container }
        let started = status?.lastState?.terminated?.startedAt ?? status?.state?.running?.startedAt
        guard let made = service.metadata.creationTimestamp, let started else { return true }
        return made < started
    }

    /// A Service that works and that this workload, in particular, does not reach.
    private func suspectPolicy(_ dependency: Dependency, _ subject: Subject, into report: inout Report) {
        guard let service = dependency.service, let selector = service.spec.selector, !selector.isEmpty,
            let clue = subject.logClues.last(where: { clue in
                [.timeout, .connectionRefused].contains(clue.meaning)
                    && clue.host.flatMap { subject.service(named: $0) }?.name == service.name
            })
        else { return }
        let behind = subject.snapshot.pods.first { pod in
            pod.isReady && LabelSelector(matchLabels: selector).matches(pod.metadata.labels ?? [:])
        }
        guard let behind, let caller = subject.livePods.first else { return }
        let policies = subject.snapshot.networkPolicies
        let doubts =
            PolicyDoubt.all(in: policies, for: behind).filter { $0.direction == "Ingress" }
            + PolicyDoubt.all(in: policies, for: caller).filter { $0.direction == "Egress" }
        guard let doubt = doubts.first else { return }
        report.find(
            "policy-restricts", doubt.policy.reference,
            "\(doubt.policy.reference) \(doubt.words) (\(doubt.direction)).", [clue.evidence(subject)])
        report.suspect(
            .dependency,
            Cause(
                id: .networkPolicy,
                summary: "\(subject.owner) does not reach Service \(service.name), whose pods are Ready; "
                    + "\(doubt.policy.reference) \(doubt.words).",
                object: doubt.policy.reference))
    }
}

extension Snapshot {
    /// The same state, looked at from another Service of the namespace.
    public func retargeted(to service: Service) -> Snapshot {
        var other = self
        other.target = Target(kind: "Service", namespace: target.namespace, name: service.name)
        other.answer = nil
        other.podAnswers = [:]
        return other
    }
}
