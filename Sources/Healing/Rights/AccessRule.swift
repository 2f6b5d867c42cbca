/// One right that Cortex asks for: verbs on one resource, where they are needed, and what for.
///
/// The table of all of them is the only place where rights are written down: `cortex rbac`, the manifests in `deploy`
/// and `docs/rbac.yaml` are made from it.
/// Source of groups, resources and verbs: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
public struct AccessRule: Hashable, Sendable {
    public enum Scope: Hashable, Sendable, CaseIterable {
        /// Each namespace that is healed.
        case healed
        /// The namespace that Cortex itself runs in.
        case own
        /// Objects that belong to no namespace.
        case cluster
    }

    public enum Purpose: Hashable, Sendable {
        /// Finding out what is wrong. Every configuration needs it.
        case looking
        /// Kubernetes Events that say what was changed and why.
        case recording
        /// Keeping every other Cortex from a workload under repair.
        case leasing
        /// The write of any one of these actions.
        case repairing(Set<Action>)
        /// Tool servers that are reached through the API server, as from outside of the cluster.
        case proxying
        /// A program of the user's own that heals with `kubectl`, as the first version's worker did.
        case workerProgram
    }

    /// Empty for the core group.
    public var group: String
    /// With its subresource: `deployments/scale`.
    public var resource: String
    public var verbs: [String]
    public var scope: Scope
    public var purpose: Purpose
    /// What it is used for, in a few words.
    public var reason: String

    init(_ group: String, _ resource: String, _ verbs: [String], _ purpose: Purpose, in scope: Scope, _ reason: String)
    {
        self.group = group
        self.resource = resource
        self.verbs = verbs
        self.scope = scope
        self.purpose = purpose
        self.reason = reason
    }
}
