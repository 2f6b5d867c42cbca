/// `docs/configuration.md`, written from the settings themselves.
public enum ConfigurationPage {
    public static var markdown: String {
        var text = head
        var section = ""
        for setting in Setting.all {
            let own = setting.key.contains(".") ? String(setting.key.prefix { $0 != "." }) : "general"
            if own != section {
                section = own
                text += "\n### \(own)\n\n| in the file | environment | default | value | |\n|---|---|---|---|---|\n"
            }
            text += row(setting)
        }
        return text + tail
    }

    private static func row(_ setting: Setting) -> String {
        let fallback = setting.fallback.isEmpty ? "–" : "`\(setting.fallback)`"
        let live = setting.isLive ? " **Live.**" : ""
        let help = setting.help.prefix(1).uppercased() + setting.help.dropFirst()
        return "| `\(setting.key)` | `\(setting.variable)` | \(fallback) | \(words(setting.kind)) | \(help).\(live) |\n"
    }

    private static func words(_ kind: Setting.Kind) -> String {
        switch kind {
        case .text: "text"
        case .name: "name"
        case .names, .words: "list"
        case .truth: "true, false"
        case .duration: "duration"
        case .count: "number"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .endpoint: "`ADDRESS:PORT`"
        }
    }

    private static let head = """
        <!-- Written by scripts/docs from Sources/Configuration. Do not edit. -->
        # Configuration

        One YAML file, environment variables and flags. **A flag overrides the environment, which overrides the file,
        which overrides the default.** An empty environment variable counts as absent.

            cortex serve                             # reads /etc/cortex/config.yaml if it is there
            cortex serve --config FILE               # FILE must be there
            CORTEX_CONFIG=FILE cortex serve          # the same
            cortex config --config FILE              # what counts, and where each value comes from
            cortex config --config FILE -o json

        `cortex config` takes the flags of `cortex serve`, checks everything, and ends with 0, or with 2 and a
        sentence that names the mistake. An unknown key is an error that names the nearest known one; so is a value of
        the wrong kind.

        ```yaml
        namespaces: [cortex-system, tools]
        healing: {humanGrace: 1m}
        toolServers:
          servers:
            - {name: sandfly-mcp-server, url: "http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp"}
        ```

        ## In a cluster: a ConfigMap

        The manifests and the chart mount the ConfigMap `cortex-config` at `/etc/cortex`, if there is one; it may come,
        change and go while Cortex runs:

            kubectl create configmap cortex-config -n cortex --from-file=config.yaml

        They set `HEALING_ENABLED` and `HEAL_NAMESPACES` in the environment, as the deployment guide has it, which the
        file does not override; to leave these to the file:

            kubectl set env deployment/cortex-orchestrator -n cortex HEALING_ENABLED- HEAL_NAMESPACES-

        In a manifest of your own mount the ConfigMap as a directory: a `subPath` Kubernetes never updates.

        Cortex looks at the file once a second and reads it again when it has changed. Settings marked **Live** count
        from that moment, for healings that begin after it; a change of any other is logged and counts after a
        restart. A file that cannot be read or is not valid is refused as a whole: a log line says why,
        `cortex_config_reloads_total{result="refused"}` counts it, `cortex_config_last_reload_successful` is 0, and
        everything stays as it was. What a flag or the environment sets, the file does not change.

        ## Settings

        A duration is `500ms`, `30s`, `2m`, `1h`, or a number of seconds. A list is a YAML list in the file, and has
        commas between in the environment.

        """

    private static let tail = """

        ### toolServers.servers

        A list of `{name, url}` in the file only. In the environment each server has a variable of its own, whose name
        ends in `_MCP_URL`: `SANDFLY_MCP_URL=http://…`. Tool servers in the healed namespaces need neither: see
        [operations.md](operations.md#tool-servers).

        """
}
