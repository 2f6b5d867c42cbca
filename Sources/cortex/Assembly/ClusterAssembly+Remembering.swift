import Configuration

extension ClusterAssembly {
    /// For commands that live for a moment: with what serve remembers, where there is a data directory.
    /// - Throws: `ProgramFailure` also when that directory cannot be used.
    static func remembering(
        _ settings: ProgramSettings, logTo descriptor: Int32
    ) throws(ProgramFailure) -> ClusterAssembly {
        guard settings.configuration.dataDirectory != nil else {
            return try ClusterAssembly(settings, logTo: descriptor)
        }
        let log = Terminal.logger(component: "MEMORY", settings.configuration, to: descriptor)
        let memory = try settings.memory()
        return try ClusterAssembly(
            settings, logTo: descriptor, replicaMemory: StoredReplicaMemory(memory: memory, log: log),
            store: StoredIncidents(memory: memory, log: log))
    }
}
