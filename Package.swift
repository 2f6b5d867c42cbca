// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: no warning passes, and an import is stated where it is used.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "cortex",
    products: [.executable(name: "cortex", targets: ["cortex"])],
    targets: [
        // C libraries: a module map and a shim each. No C type leaves the one target that imports it.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CHTTPParser", providers: [.apt(["libhttp-parser-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Pure: values in, values out. No clock, no randomness, no files, no sockets.
        module("JSON"),
        module("Kubernetes", ["JSON"]),
        module("Diagnosis", ["JSON", "Kubernetes"]),
        module("Healing", ["JSON", "Kubernetes", "Diagnosis"]),
        module("ToolMatching", ["JSON"]),
        module("Configuration", ["JSON"]),
        module("Simulation", ["JSON", "Kubernetes", "Diagnosis", "Healing"]),

        // Adapters: one library or one system facility each, and no decisions.
        module("Logging", ["JSON"]),
        module("Subprocess", ["CLinux"]),
        module("HTTPClient", ["CCurl", "CLinux"]),
        module("HTTPServer", ["CHTTPParser", "CLinux"]),
        module("ClusterServer", ["CLinux", "JSON", "Kubernetes", "Simulation", "HTTPServer"]),
        module("KubernetesClient", ["JSON", "Kubernetes", "HTTPClient", "Subprocess", "CYAML"]),
        module("History", ["CSQLite"]),

        // The way through the house: a request calls a tool, an outage opens an incident, the incident heals.
        module("ToolServers", ["JSON", "Kubernetes", "HTTPClient", "ToolMatching", "Logging"]),
        module("Incidents", ["JSON", "Kubernetes", "Diagnosis", "Healing", "Subprocess", "Logging"]),
        module("Tasks", ["JSON", "Diagnosis", "ToolMatching", "ToolServers", "Incidents", "Logging"]),
        module("Web", ["JSON", "Healing", "HTTPServer", "Tasks", "Incidents"]),
        .executableTarget(
            name: "cortex",
            dependencies: [
                "JSON", "Kubernetes", "Diagnosis", "Healing", "KubernetesClient", "HTTPClient", "HTTPServer", "History",
                "ToolMatching", "ToolServers", "Incidents", "Tasks", "Web", "Logging", "Configuration", "ClusterServer",
                "Simulation",
            ],
            swiftSettings: settings),

        // What several test targets need.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("JSONTests", ["JSON"]),
        tests("KubernetesTests", ["JSON", "Kubernetes"]),
        tests("DiagnosisTests", ["JSON", "Diagnosis", "Kubernetes"], resources: [.copy("Recordings")]),
        tests("HealingTests", ["JSON", "Healing", "Diagnosis", "Kubernetes"]),
        tests("ToolMatchingTests", ["JSON", "ToolMatching"]),
        tests("SimulationTests", ["JSON", "Kubernetes", "Diagnosis", "Healing", "Simulation"]),
        tests("SubprocessTests", ["Subprocess"]),
        tests("HTTPClientTests", ["HTTPClient", "HTTPServer", "Subprocess"]),
        tests("HTTPServerTests", ["HTTPServer", "CLinux", "TestSupport"]),
        tests("KubernetesClientTests", ["JSON", "KubernetesClient", "Kubernetes", "HTTPClient", "HTTPServer"]),
        tests("HistoryTests", ["History"]),
        tests(
            "ClusterServerTests",
            ["JSON", "Kubernetes", "Simulation", "ClusterServer", "HTTPServer", "HTTPClient"]),
        tests("ToolServersTests", ["JSON", "ToolServers", "ToolMatching", "HTTPClient", "HTTPServer", "Kubernetes"]),
        tests(
            "IncidentsTests",
            ["JSON", "Incidents", "Healing", "Diagnosis", "Kubernetes", "Subprocess", "Logging", "TestSupport"]),
        tests(
            "TasksTests",
            ["JSON", "Tasks", "Diagnosis", "ToolServers", "ToolMatching", "Incidents", "TestSupport"]),
        tests(
            "WebTests",
            [
                "JSON", "Healing", "Web", "HTTPServer", "HTTPClient", "Tasks", "Incidents", "ToolMatching",
                "ToolServers",
                "TestSupport",
            ]),
        tests("LoggingTests", ["JSON", "Logging"]),
        tests("ConfigurationTests", ["Configuration", "JSON"]),
        tests(
            "CortexTests",
            [
                "cortex", "Configuration", "JSON", "Diagnosis", "Healing", "History", "Incidents", "Kubernetes",
                "Logging",
                "Simulation", "Subprocess", "Web", "TestSupport",
            ]),
        tests("TidyTests", []),
    ]
)
