public import Diagnosis
public import FoundationEssentials
public import Kubernetes

/// From what the watches show to incidents: symptoms must last, a look must find a fault behind them, and what was
/// escalated once is not reported again while it stays the same.
///
/// A value without a clock: it is told what is to be seen and when, and says what to do next. The caller asks again
/// when something changed or when the time of `rest` has come.
public struct SymptomMachine: Sendable {
    public enum Step: Hashable, Sendable {
        /// Nothing to do before this time unless something changes; nil for never.
        case rest(until: Date?)
        /// Look at the cluster; `asksService` asks the service too, since objects will not tell.
        case look(asksService: Bool)
        /// Open an incident; what was seen, and since when.
        case open(Sighting)
        /// What was escalated is over without Cortex.
        case cleared
        /// Too much fails at once for one cause each.
        case massFailure(MassFailure)
    }

    /// What a watch saw of one workload.
    public struct Sighting: Hashable, Sendable {
        public var workload: WatchedWorkload
        /// The most telling symptom first; never empty.
        public var symptoms: [Symptom]
        /// When the first of them was there.
        public var since: Date
        public var cause: CauseID?
        /// A person was told of the same half an hour ago or longer.
        public var isKnown = false

        public init(workload: WatchedWorkload, symptoms: [Symptom], since: Date, cause: CauseID?) {
            self.workload = workload
            self.symptoms = symptoms
            self.since = since
            self.cause = cause
        }
    }

    fileprivate enum Phase: Sendable {
        case watching
        /// A person wants it as it is, as long as nobody changes this state of it.
        case settled(Fingerprint)
        /// A person was told.
        case escalated(Fingerprint, cause: CauseID?, until: Date)
    }

    /// What a person would change to have Cortex look again.
    fileprivate struct Fingerprint: Hashable, Sendable {
        var generation: Int64
        var annotations: [String: String]
        var kinds: Set<Symptom.Kind>

        /// Nobody has changed it; only what it shows may differ.
        func isSameSpec(as other: Fingerprint) -> Bool {
            generation == other.generation && annotations == other.annotations
        }
    }

    fileprivate struct Watched: Sendable {
        var workload: WatchedWorkload
        var phase = Phase.watching
        var symptoms: [Symptom] = []
        var since: [Symptom.Key: Date] = [:]
        var dismissed: Set<Symptom.Key> = []
        var nextLook: Date?
        var pause = Self.firstPause
        /// The last look said that it is on its way back.
        var isRecovering = false
        /// Since when there has been no symptom of what was escalated.
        var calmSince: Date?

        static let firstPause = 2.0

        var begin: Date? { since.values.min() }
        var fingerprint: Fingerprint {
            Fingerprint(
                generation: workload.generation, annotations: workload.annotations, kinds: Set(symptoms.map(\.kind)))
        }
    }

    /// The longest pause between two looks at what recovers by itself, in seconds.
    fileprivate static let longestPause = 15.0
    /// How long what nothing explains may last before it is an incident all the same, in seconds.
    private static let riddle = 30.0
    /// How long something may be recovering: a Deployment's own default for progress, in seconds.
    private static let recovery = 600.0
    /// How long what was escalated must be without symptoms to be over, in seconds.
    fileprivate static let calmTime = 15.0
    /// The same for an autoscaler's load.
    fileprivate static let scalingCalm = 60.0
    /// How soon a person is told again of the same, in seconds.
    private static let reminder = 1800.0

    public var reader: SymptomReader
    public var mass: MassFailure.Limits
    private var watched: [WorkloadReference: Watched] = [:]

    public init(reader: SymptomReader = SymptomReader(), mass: MassFailure.Limits = MassFailure.Limits()) {
        self.reader = reader
        self.mass = mass
    }

    /// How many workloads are watched, and how many of them show a symptom now.
    public var counts: (watched: Int, failing: Int) { (watched.count, failing.count) }

    /// The workload as the watches show it now; nil when it is gone.
    public mutating func see(_ reference: WorkloadReference, as workload: WatchedWorkload?, now: Date) -> Step {
        guard let workload, workload.mode != .off else {
            let wasEscalated = watched.removeValue(forKey: reference)?.isEscalated ?? false
            return wasEscalated ? .cleared : .rest(until: nil)
        }
        var entry = watched[reference] ?? Watched(workload: workload)
        entry.workload = workload
        entry.note(reader.symptoms(of: workload, at: now), now)
        defer { watched[reference] = entry }
        guard let begin = entry.begin else {
            let step = entry.calm(now)
            guard case .rest(let until) = step, let next = workload.nextSymptom(after: now) else { return step }
            return .rest(until: min(until ?? next, next))
        }
        entry.calmSince = nil
        switch entry.phase {
        case .watching: break
        case .settled(let state):
            if state == entry.fingerprint { return .rest(until: nil) }
            entry.phase = .watching
        case .escalated(let state, _, let until):
            guard state != entry.fingerprint || now >= until else { return .rest(until: until) }
        }
        let due = entry.due ?? begin
        if due > now { return .rest(until: due) }
        return .look(asksService: entry.symptoms.allSatisfy { $0.kind == .serviceChanged })
    }

    /// What the look found that `see` asked for.
    public mutating func looked(at reference: WorkloadReference, _ look: Look, now: Date) -> Step {
        guard var entry = watched[reference], let begin = entry.begin else { return .rest(until: nil) }
        defer { watched[reference] = entry }
        entry.isRecovering = false
        var cause: CauseID?
        switch look {
        case .healthy:
            // The caches may be a moment behind; a symptom that stays is looked at again.
            entry.dismissed.formUnion(entry.symptoms.filter(\.kind.isHint).map(\.key))
            return entry.lookAgain(now)
        case .intended:
            entry.phase = .settled(entry.fingerprint)
            return .rest(until: nil)
        case .recovering:
            entry.isRecovering = true
            guard now.timeIntervalSince(begin) >= Self.recovery else { return entry.lookAgain(now) }
        case .unexplained:
            guard now.timeIntervalSince(begin) >= Self.riddle else { return entry.lookAgain(now) }
        case .unknown: return entry.lookAgain(now)
        case .fault(let id):
            // An autoscaler's trouble is one only when it lasts, whatever else led to this look.
            if id.isOfScaling, !entry.hasLasted(now, { $0 == .scalingLimited || $0 == .scalingBlind }) {
                return entry.lookAgain(now)
            }
            cause = id
        }
        var isKnown = false
        if case .escalated(let state, let known, let until) = entry.phase, known == cause,
            state.isSameSpec(as: entry.fingerprint)
        {
            isKnown = true
            if now < until {
                entry.phase = .escalated(entry.fingerprint, cause: cause, until: until)
                return .rest(until: until)
            }
        }
        if let failure = massFailure(now) { return .massFailure(failure) }
        if let hold = holdForOthers(reference, now) { return .rest(until: hold) }
        var sighting = Sighting(
            workload: entry.workload, symptoms: entry.tellingSymptoms(now), since: begin, cause: cause)
        sighting.isKnown = isKnown
        return .open(sighting)
    }

    /// The incident that `open` asked for has ended.
    /// - Parameter isOver: what was wrong is right again; else a person was told.
    public mutating func ended(_ reference: WorkloadReference, isOver: Bool, cause: CauseID?, now: Date) {
        guard var entry = watched[reference] else { return }
        if isOver {
            entry.phase = .watching
            // What the caches still show of it must last anew.
            entry.since = [:]
            entry.symptoms = []
        } else {
            entry.phase = .escalated(entry.fingerprint, cause: cause, until: now.addingTimeInterval(Self.reminder))
        }
        entry.nextLook = now.addingTimeInterval(Watched.firstPause)
        entry.pause = Watched.firstPause
        watched[reference] = entry
    }

    // MARK: - Several at once

    /// Whether so many workloads fail at the same time that acting on each would be wrong; nil when not.
    public func massFailure(_ now: Date) -> MassFailure? {
        // A Job that gave up serves nobody, and one that is done fails no more.
        let serving = watched.values.reduce(0) { $1.workload.isBatch ? $0 : $0 + 1 }
        return MassFailure(
            failing: failing.filter { $0.kind != .job && $0.kind != .cronJob }, of: serving, limits: mass)
    }

    private var failing: [WorkloadReference] {
        watched.filter { $0.value.isFailing }.map(\.key)
            .sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }

    /// Where others began to fail a moment ago too, it is seen first how many they are.
    private func holdForOthers(_ reference: WorkloadReference, _ now: Date) -> Date? {
        let begins = watched.values.filter { $0.isFailing }.compactMap { $0.begin }
        guard begins.count > 1, let first = begins.min(), let last = begins.max() else { return nil }
        let until = min(last.addingTimeInterval(mass.settle), first.addingTimeInterval(4 * mass.settle))
        return until > now ? until : nil
    }
}

extension SymptomMachine.Watched {
    /// A load swings for minutes.
    private var calmTime: Double {
        guard case .escalated(_, let cause?, _) = phase, cause.isOfScaling else { return SymptomMachine.calmTime }
        return SymptomMachine.scalingCalm
    }

    fileprivate var isEscalated: Bool {
        if case .escalated = phase { true } else { false }
    }

    /// Whether it counts among those that fail.
    fileprivate var isFailing: Bool {
        if case .settled = phase { return false }
        return !isRecovering && symptoms.contains { $0.kind.isFailure }
    }

    /// When the first symptom has lasted, and no look was just made.
    fileprivate var due: Date? {
        let windows = symptoms.compactMap { since[$0.key]?.addingTimeInterval($0.window) }
        guard let first = windows.min() else { return nil }
        return max(first, nextLook ?? first)
    }

    /// Whether a symptom of these kinds has been there for its window.
    fileprivate func hasLasted(_ now: Date, _ isMeant: (Symptom.Kind) -> Bool) -> Bool {
        symptoms.contains { symptom in
            isMeant(symptom.kind) && since[symptom.key].map { now >= $0.addingTimeInterval(symptom.window) } ?? false
        }
    }

    /// Those that have lasted first.
    fileprivate func tellingSymptoms(_ now: Date) -> [Symptom] {
        let isDue = { (symptom: Symptom) in
            self.since[symptom.key].map { now >= $0.addingTimeInterval(symptom.window) } ?? false
        }
        return symptoms.filter(isDue) + symptoms.filter { !isDue($0) }
    }

    fileprivate mutating func note(_ present: [Symptom], _ now: Date) {
        dismissed.formIntersection(present.map(\.key))
        symptoms = present.filter { !dismissed.contains($0.key) }
        let keys = Set(symptoms.map(\.key))
        since = since.filter { keys.contains($0.key) }
        if since.isEmpty, !symptoms.isEmpty {
            pause = Self.firstPause
            isRecovering = false
        }
        for key in keys where since[key] == nil { since[key] = now }
        if symptoms.isEmpty { nextLook = nil }
    }

    /// There is no symptom. What crashes is well between two crashes, so the calm has to last too.
    fileprivate mutating func calm(_ now: Date) -> SymptomMachine.Step {
        isRecovering = false
        guard isEscalated else {
            phase = .watching
            return .rest(until: nil)
        }
        let over = (calmSince ?? now).addingTimeInterval(calmTime)
        calmSince = calmSince ?? now
        guard now >= over else { return .rest(until: over) }
        phase = .watching
        return .cleared
    }

    fileprivate mutating func lookAgain(_ now: Date) -> SymptomMachine.Step {
        let next = now.addingTimeInterval(pause)
        nextLook = next
        pause = min(SymptomMachine.longestPause, pause * 1.5)
        // Dismissed: nothing is left to look at.
        symptoms.removeAll { dismissed.contains($0.key) }
        since = since.filter { !dismissed.contains($0.key) }
        return .rest(until: symptoms.isEmpty ? nil : next)
    }
}
