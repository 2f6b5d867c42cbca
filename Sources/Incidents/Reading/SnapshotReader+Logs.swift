import Diagnosis
import Kubernetes

/// Log tails.
extension SnapshotReader {
    /// The tails of the containers that fail, those that ended most recently first. A log that cannot be had is no
    /// reason not to judge by the rest.
    func readLogs(into snapshot: inout Snapshot) async {
        let isOfJob = snapshot.target.kind.map { ["Job", "CronJob"].contains($0) } ?? false
        let failed = isOfJob ? FailingContainer.ofFailedJobs(in: snapshot.pods) : []
        await readLogs(of: failed + FailingContainer.all(in: snapshot.pods), into: &snapshot)
    }

    func readLogs(of containers: [FailingContainer], into snapshot: inout Snapshot) async {
        let wanted = containers.prefix(Self.maximumLogs)
        let namespace = snapshot.target.namespace
        let logs = await withTaskGroup(of: LogOutcome.self) { group in
            for container in wanted {
                group.addTask { await self.log(of: container, namespace) }
            }
            var outcomes: [LogOutcome] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        for outcome in logs {
            switch outcome {
            case .lines(let log): snapshot.logs.append(log)
            case .refused(let unread):
                if !snapshot.unread.contains(unread) { snapshot.unread.append(unread) }
            case .nothing: break
            }
        }
        snapshot.logs.sort { ($0.pod, $0.container) < ($1.pod, $1.container) }
    }

    private enum LogOutcome: Sendable {
        case lines(ContainerLog), refused(UnreadResource), nothing
    }

    private static let maximumLogs = 6
    /// Enough for a trace to keep its head.
    private static let tailLines = 60
    /// Characters kept of a line; the line's beginning says what happened.
    private static let maximumLine = 500

    private func log(of container: FailingContainer, _ namespace: String) async -> LogOutcome {
        let request = APIRequest(
            .get, .pods, namespace: namespace, name: container.pod, subresource: "log",
            query: [
                // No limitBytes: the API server would cut the newest end of the tail.
                .init("container", container.name), .init("tailLines", String(Self.tailLines)),
                .init("previous", String(container.isPrevious)),
            ])
        do throws(APIError) {
            let text = String(decoding: try await api.send(request), as: UTF8.self)
            guard !ContainerLog.isAbsent(text) else { return .nothing }
            let lines = text.split(separator: "\n").suffix(Self.tailLines).map { String($0.prefix(Self.maximumLine)) }
            return .lines(
                ContainerLog(
                    pod: container.pod, container: container.name, isPrevious: container.isPrevious, lines: lines))
        } catch {
            guard error.isForbidden else { return .nothing }
            let unread = UnreadResource(
                verb: "get", resource: "pods/log", namespace: namespace, isForbidden: true, message: "\(error)")
            note(unread)
            return .refused(unread)
        }
    }
}
