import Configuration
import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Kubernetes
import KubernetesClient

/// `cortex diagnose`: findings, evidence, cause and plan; it changes nothing.
struct DiagnoseCommand {
    private static let couldNotLook: Int32 = 2
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let format = arguments.options["--output"] ?? "text"
        guard ["json", "yaml", "text"].contains(format) else {
            Terminal.error("cortex diagnose: --output must be json, yaml or text, not “\(format)”")
            return ExitCode.usage
        }
        let isSurvey = arguments.has("--all-namespaces")
        guard isSurvey == arguments.positional.isEmpty else {
            Terminal.error("cortex diagnose: name one TARGET, or give -A for every workload there is")
            return ExitCode.usage
        }
        do {
            let settings = try ProgramSettings(arguments, of: Commands.diagnose)
            let target = isSurvey ? nil : try target(settings.configuration.defaultNamespace)
            let assembly = try ClusterAssembly.remembering(settings, logTo: Terminal.error)
            defer { assembly.shutdown() }
            guard let target else {
                let healed = settings.configuration.namespaces
                // The context's own is the one that a person with rights in one namespace has them in.
                let own = [assembly.client.configuration.namespace].compactMap { $0 }.filter { !healed.contains($0) }
                let survey = try await assembly.desk.survey(known: healed + own).get()
                let report = SurveyReport(survey)
                try show(format, report.value, text: report.text)
                return survey.unhealthy.isEmpty ? ExitCode.success : ExitCode.failure
            }
            let examination = try await assembly.desk.examine(target).get()
            let report = DiagnosisReport(examination)
            try show(format, report.value, text: report.text)
            return examination.verdict.healthy ? ExitCode.success : ExitCode.failure
        } catch let error as APIError {
            Terminal.error("cortex diagnose: could not look at the cluster: \(error)")
            return Self.couldNotLook
        } catch {
            Terminal.error("cortex diagnose: \(error)")
            return Self.couldNotLook
        }
    }

    private func show(_ format: String, _ value: JSONValue, text: String) throws {
        switch format {
        case "json": Terminal.out(String(decoding: try JSONCoding.encode(value, pretty: true), as: UTF8.self))
        case "yaml": Terminal.out(YAMLText.of(value))
        default: Terminal.out(text)
        }
    }

    private func target(_ namespace: String) throws(ProgramFailure) -> Target {
        let words = arguments.positional[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if words.count == 1, !words[0].isEmpty { return Target(namespace: namespace, name: words[0]) }
        let kinds = [
            "deployment": "Deployment", "deployments": "Deployment", "deploy": "Deployment",
            "statefulset": "StatefulSet", "statefulsets": "StatefulSet", "sts": "StatefulSet",
            "daemonset": "DaemonSet", "daemonsets": "DaemonSet", "ds": "DaemonSet",
            "replicaset": "ReplicaSet", "replicasets": "ReplicaSet", "rs": "ReplicaSet",
            "pod": "Pod", "pods": "Pod", "po": "Pod", "service": "Service", "services": "Service", "svc": "Service",
            "job": "Job", "jobs": "Job", "cronjob": "CronJob", "cronjobs": "CronJob", "cj": "CronJob",
        ]
        guard words.count == 2, !words[1].isEmpty, let kind = kinds[words[0].lowercased()] else {
            throw ProgramFailure(
                "“\(arguments.positional[0])” must be a NAME or KIND/NAME with a kind of "
                    + "service, deployment, statefulset, daemonset, replicaset, pod, job or cronjob")
        }
        return Target(kind: kind, namespace: namespace, name: words[1])
    }
}
