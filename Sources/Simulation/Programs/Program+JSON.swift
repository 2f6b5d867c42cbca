public import JSON

extension Program {
    /// The annotation of a pod template that states what its containers do: an object of container name to changes.
    public static let annotation = "simulation.cortex.io/programs"

    /// This program with what an annotation changes of it; members that are not known are left out.
    ///
    /// `readyAfter`, `crash {after, code, log, starts}`, `leak {base, at, bytesPerSecond}`, `memory`, `hangsAt`,
    /// `hangs` (`work` or `everything`), `dependsOn [{host, port, effect, right}]`, `ports`, `paths`, `answers`,
    /// `sessions`.
    public func changed(by change: JSONValue) -> Program {
        var program = self
        if let value = change["readyAfter"]?.doubleValue { program.readyAfter = value }
        if let value = change["hangsAt"]?.doubleValue { program.hangsAt = value }
        if let value = change["hangs"]?.stringValue.flatMap(Silence.init(rawValue:)) { program.silence = value }
        if let value = change["memory"]?.doubleValue { program.memory.base = value }
        if let value = change["answers"]?.stringValue { program.answers = value }
        if let value = change["sessions"]?.boolValue { program.keepsSessions = value }
        if let value = change["cpu"]?.doubleValue { program.cpu = value }
        if let value = change["stopsAfter"]?.doubleValue { program.stopsAfter = value }
        if let value = change["ports"]?.arrayValue { program.ports = value.compactMap(\.intValue) }
        if let value = change["paths"]?.arrayValue { program.paths = value.compactMap(\.stringValue) }
        if let crash = change["crash"], crash.objectValue != nil {
            program.ending = Ending(
                after: crash["after"]?.doubleValue ?? 1, code: crash["code"]?.intValue ?? 1,
                log: (crash["log"]?.arrayValue ?? []).compactMap(\.stringValue), starts: crash["starts"]?.intValue)
        }
        if let leak = change["leak"], leak.objectValue != nil {
            program.memory = MemoryCurve(
                base: leak["base"]?.doubleValue ?? program.memory.base, leaksAt: leak["at"]?.doubleValue ?? 0,
                bytesPerSecond: leak["bytesPerSecond"]?.doubleValue ?? 0)
        }
        for dependency in change["dependsOn"]?.arrayValue ?? [] {
            guard let host = dependency["host"]?.stringValue else { continue }
            let right = dependency.at("right", "account")?.stringValue.map { account in
                Right(account: account, resource: dependency.at("right", "resource")?.stringValue ?? "configmaps")
            }
            program.dependencies.append(
                Dependency(
                    host: host, port: dependency["port"]?.intValue,
                    effect: dependency["effect"]?.stringValue.flatMap(Dependency.Effect.init(rawValue:)) ?? .unready,
                    right: right))
        }
        return program
    }
}
