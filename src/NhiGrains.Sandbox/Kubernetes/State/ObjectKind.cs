namespace NhiGrains.Sandbox.Kubernetes.State;

/// <summary>A kind of objects that the sandbox keeps.</summary>
/// <param name="Group">Empty for the core group.</param>
internal sealed record ObjectKind(string Group, string Plural, string Name, bool Namespaced)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    public static ObjectKind Namespace { get; } = new("", "namespaces", "Namespace", Namespaced: false);

    public static ObjectKind ServiceAccount { get; } = new("", "serviceaccounts", "ServiceAccount", Namespaced: true);

    public static ObjectKind Secret { get; } = new("", "secrets", "Secret", Namespaced: true);

    public static ObjectKind ConfigMap { get; } = new("", "configmaps", "ConfigMap", Namespaced: true);

    public static ObjectKind Role { get; } = new(Rbac, "roles", "Role", Namespaced: true);

    public static ObjectKind RoleBinding { get; } = new(Rbac, "rolebindings", "RoleBinding", Namespaced: true);

    public static ObjectKind ClusterRole { get; } = new(Rbac, "clusterroles", "ClusterRole", Namespaced: false);

    public static ObjectKind ClusterRoleBinding { get; } = new(Rbac, "clusterrolebindings", "ClusterRoleBinding", Namespaced: false);

    public static ObjectKind CustomResourceDefinition { get; } =
        new("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    public static IReadOnlyList<ObjectKind> All { get; } =
        [Namespace, ServiceAccount, Secret, ConfigMap, Role, RoleBinding, ClusterRole, ClusterRoleBinding, CustomResourceDefinition];

    /// <summary>For example <c>roles.rbac.authorization.k8s.io</c>.</summary>
    public string Full => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    public bool IsRole => this == Role || this == ClusterRole;

    public bool IsBinding => this == RoleBinding || this == ClusterRoleBinding;
}
