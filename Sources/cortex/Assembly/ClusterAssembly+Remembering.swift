import Configuration

extension ClusterAssembly {
    /// For commands that live for a moment: with what serve remembers, where there is a data directory.
    /// - Throws: `ProgramFailure` also when that directory cannot be used.
    static func remembering(
        _ settings: ProgramSettings, logTo sink: @escaping @Sendable (String) -> Void
    ) throws(ProgramFailure) -> ClusterAssembly {
        guard settings.configuration.dataDirectory != nil else {
            return try ClusterAssembly(settings, logTo: sink)
        }
        let log = Terminal.logger(component: "MEMORY", settings.configuration, to: sink)
        let memory = try settings.memory()
        return try ClusterAssembly(
            settings, logTo: sink, replicaMemory: StoredReplicaMemory(memory: memory, log: log),
            store: StoredIncidents(memory: memory, log: log))
    }
}
