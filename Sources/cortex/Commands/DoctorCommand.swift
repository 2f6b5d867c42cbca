import Configuration

/// `cortex doctor`: everything that Cortex needs, looked at once, each failure with its remedy.
struct DoctorCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let format = arguments.options["--output"] ?? "text"
        guard ["json", "text"].contains(format) else {
            Terminal.error("cortex doctor: --output must be json or text, not “\(format)”")
            return ExitCode.usage
        }
        let report = await report()
        do {
            Terminal.out(format == "json" ? try report.json() : report.text)
        } catch {
            Terminal.error("cortex doctor: \(error)")
            return ExitCode.failure
        }
        return report.exitCode
    }

    private func report() async -> DoctorReport {
        let settings: ProgramSettings
        do {
            settings = try ProgramSettings(arguments, of: Commands.doctor)
        } catch {
            let check = DoctorCheck(
                .configuration, "configuration", .failed, "\(error)",
                remedy: "Correct it; cortex config checks it again, and docs/configuration.md lists every setting.")
            return DoctorReport(checks: [check], couldLook: false)
        }
        var report = DoctorReport(
            checks: LocalDoctor(settings: settings).checks,
            configuration: EffectiveConfiguration(settings.configuration, file: settings.path),
            changed: Setting.all.map(\.key).filter { settings.configuration.value($0).source != .fallback })
        do {
            let assembly = try ClusterAssembly(settings, logTo: Terminal.error)
            defer { assembly.shutdown() }
            let (checks, couldLook) = await ClusterDoctor(assembly: assembly, configuration: settings.configuration)
                .examine()
            report.checks += checks
            report.couldLook = couldLook
        } catch {
            report.checks.append(
                DoctorCheck(
                    .identity, "credentials", .failed, "\(error)",
                    remedy: "Name a kubeconfig with --kubeconfig or KUBECONFIG, or run Cortex in a pod with a service "
                        + "account."))
            report.couldLook = false
        }
        return report
    }
}
