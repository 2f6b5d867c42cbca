public import Diagnosis
import FoundationEssentials
public import Healing
import Kubernetes

/// Runs incidents, one after the other, over one simulated cluster for some simulated hours, and judges each.
public struct Simulator: Sendable {
    public struct Settings: Hashable, Sendable {
        public var seed: UInt64
        public var hours: Double
        public var services: Int
        public var replicas: Int
        public var faults: [FaultName]
        public var trouble: APITrouble
        /// Seconds between the end of one incident and the next, at most.
        public var pause: Double

        public init(
            seed: UInt64, hours: Double = 1, services: Int = 20, replicas: Int = 2,
            faults: [FaultName] = Settings.everyFault, trouble: APITrouble = APITrouble(), pause: Double = 600
        ) {
            self.seed = seed
            self.hours = hours
            self.services = services
            self.replicas = replicas
            self.faults = faults
            self.trouble = trouble
            self.pause = pause
        }

        /// All that one healing by itself can be judged on. Two need what stands above it: a stop of all healing, and a
        /// budget that outlives an incident.
        public static let everyFault = FaultName.allCases.filter { ![.massFailure, .flapping].contains($0) }
    }

    /// One incident with its judgement.
    public struct Incident: Sendable {
        public var number: Int
        public var fault: Fault
        public var judgement: Oracle.Judgement
        public var why: String
        /// Whether the cause was named rightly; nil where none had to be.
        public var isNamed: Bool?
        /// The causes that name the fault rightly.
        public var names: Set<CauseID>
        /// Those that are as true before it ended.
        public var namesSoFar: Set<CauseID>
        /// The invariant that was broken, if one was.
        public var violation: String?
        public var result: SimulatedHealing.Result

        /// Whether it is to be reported as a failure of the product.
        public var isFailure: Bool { violation != nil || judgement == .harm }
    }

    public struct Report: Sendable {
        public var seconds = 0.0
        public var incidents: [Incident] = []
        /// A fingerprint of the whole run: the same for the same seed everywhere.
        public var digest: UInt64 = 14_695_981_039_346_656_037

        public func count(_ judgement: Oracle.Judgement) -> Int {
            incidents.filter { $0.judgement == judgement }.count
        }
    }

    public let settings: Settings
    public let policy: HealingPolicy

    public init(_ settings: Settings) {
        self.settings = settings
        policy = HealingPolicy(namespaces: ["cortex-system"])
    }

    /// - Parameter isToStop: asked after every incident; lets the caller end at the first failure.
    public func run(isToStop: (Incident) -> Bool = { _ in false }) -> Report {
        let lab = Homelab.uniform(services: settings.services, replicas: settings.replicas)
        var world = lab.world(seed: settings.seed)
        var report = Report()
        let end = settings.hours * 3600
        while report.seconds < end {
            world.step(until: world.seconds + 30 + settings.pause * world.random.fraction())
            let incident = incident(report.incidents.count + 1, lab, &world)
            report.incidents.append(incident)
            report.digest = Self.mix(report.digest, incident, world)
            report.seconds += world.seconds
            if isToStop(incident) { break }
            // A person puts everything right before the next: a fresh cluster of the same seed's next numbers.
            world = lab.world(seed: world.random.next())
        }
        return report
    }

    private func incident(_ number: Int, _ lab: Homelab, _ world: inout World) -> Incident {
        let name = settings.faults[Int(world.random.next() % UInt64(settings.faults.count))]
        let index = Int(world.random.next() % UInt64(max(1, lab.services.count)))
        let service = Self.suited(lab.services[index], to: name, &world)
        let fault = Fault(name, at: service.name, in: service.namespace)
        world.step(until: world.seconds + 20)
        let workload = WorkloadReference(
            kind: .init(rawValue: service.workload.rawValue) ?? .deployment, namespace: service.namespace,
            name: service.name)
        _ = fault.inject(into: &world)
        // What the trouble hides.
        if [.controlPlaneSlow, .controlPlaneGone].contains(name) {
            _ = Fault(.scaledToZero, at: service.name, in: service.namespace).inject(into: &world)
        }
        let injectedAt = world.seconds
        // What can be seen of a fault needs some seconds; some show only after a pod was made anew.
        world.step(until: world.seconds + 1 + 5 * world.random.fraction())
        let answer = ServiceAnswer(world.reach(service: service.name, in: service.namespace, .work))
        var healing = SimulatedHealing(
            service: service.name, in: service.namespace, policy: policy,
            trouble: name == .controlPlaneSlow ? .some : settings.trouble,
            memory: [workload: settings.replicas])
        healing.isForbidden = name == .forbidden
        if name == .controlPlaneGone { healing.isGoneUntil = world.seconds + 20 }
        let invariants = Invariants(
            policy: policy, fault: fault, editedAt: fault.isTemplateEdit ? injectedAt : nil)
        var violation: String?
        let result = healing.run(&world, reported: answer.kind == .ok ? nil : answer) { world, result in
            if violation == nil { violation = invariants.violation(world, result) }
        }
        let isAnswering = world.reach(service: service.name, in: service.namespace, .work).isGood
        let oracle = Oracle(for: name, replicas: settings.replicas)
        let (judgement, why) = oracle.judge(fault, result, isAnswering: isAnswering)
        return Incident(
            number: number, fault: fault, judgement: judgement, why: why,
            isNamed: result.outcome.flatMap { oracle.isNamed($0) }, names: oracle.names, namesSoFar: oracle.namesSoFar,
            violation: violation,
            result: result)
    }

    /// Faults of StatefulSets and DaemonSets need a service of that kind: the chosen one is made anew as one.
    private static func suited(_ service: ServiceSpec, to fault: FaultName, _ world: inout World) -> ServiceSpec {
        let kind: ServiceSpec.Workload? =
            fault == .statefulSetStuck ? .statefulSet : fault == .daemonSetStuck ? .daemonSet : nil
        guard let kind, let old = world.find(service.resource, service.namespace, service.name) else { return service }
        var other = service
        other.workload = kind
        world.remove(service.resource, old)
        world.step(until: world.seconds + 5)
        _ = world.add(other.resource, other.object, as: "kubectl-create")
        return other
    }

    private static func mix(_ digest: UInt64, _ incident: Incident, _ world: World) -> UInt64 {
        let text =
            "\(incident.fault.name) \(incident.fault.service) \(incident.judgement) \(incident.why) "
            + "\(world.store.end) \(world.seconds.bitPattern) "
            + incident.result.steps.map { "\($0.at.bitPattern) \(Self.words($0.step))" }.joined(separator: "\n")
        return text.utf8.reduce(digest) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    /// One step, for a person.
    public static func words(_ step: SimulatedHealing.Step) -> String {
        switch step {
        case .said(let words): words
        case .wrote(let write): "WRITE \(write.action.rawValue) \(write.object): \(write.intention)"
        case .refused(let write, let why): "REFUSED \(write.action.rawValue) \(write.object): \(why)"
        }
    }
}

extension Fault {
    /// Whether a person changes the pod template with it.
    var isTemplateEdit: Bool {
        switch name {
        case .crashNewRevision, .badCommand, .imageNotFound, .imageNever, .imageInvalid, .secretMissing, .initHangs,
            .initCrashes, .securityContext, .serviceAccountMissing, .oomLimitCut, .readinessWrongPort, .livenessWrong,
            .rolloutStuck, .nodeSelector, .requestTooBig, .ghostNode, .humanEditing, .configMapMissing:
            true
        default: false
        }
    }
}
