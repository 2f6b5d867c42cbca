/// Something around the workloads that is out of order for a time.
struct Outage: Hashable, Sendable {
    enum What: Hashable, Sendable {
        case registries
        case names
        case kubelet(String)
        case runtime(String)
    }
    var what: What
    /// When it is over, seconds of the simulation.
    var end: Double

    /// Breaks it, or puts it right.
    static func set(_ what: What, isOut: Bool, _ world: inout World) {
        switch what {
        case .registries: world.machines.images.isDown = isOut
        case .names: world.machines.isDNSDown = isOut
        case .kubelet(let node): world.machines.machines[node]?.isKubeletDown = isOut
        case .runtime(let node): world.machines.machines[node]?.isRuntimeDown = isOut
        }
        world.machines.mustReconsider = true
    }
}

/// Ends outages when their time has come.
struct OutageController: Controller {
    func reconcile(world: inout World, changes: [StoreChange]) {
        let due = world.machines.outages.filter { $0.end <= world.seconds }
        guard !due.isEmpty else { return }
        world.machines.outages.removeAll { $0.end <= world.seconds }
        for outage in due { Outage.set(outage.what, isOut: false, &world) }
    }

    func nextWake(_ world: World) -> Double? { world.machines.outages.map(\.end).min() }
}
