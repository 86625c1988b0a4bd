using System.Collections.Frozen;
using System.Text.Json;
using k8s;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Observing;

/// <summary>
/// Which bindings are those that the API server itself makes and mends for its own controllers. Whoever may write RBAC can forge
/// the label and any name, so a binding has to be one of a closed list, in exactly its form, and its role may hold no power to
/// take over the cluster except those that the list gives it. What a role holds beside those differs between versions, so it
/// cannot be listed here: whoever reads this remembers it, and tells when it changes.
/// </summary>
internal static class KubernetesOwn
{
    private const string Namespace = "kube-system";
    private const string Resource = "kubernetes-own.json";

    /// <summary>A role that multiplies out to more than this is none of Kubernetes' own.</summary>
    private const int MaxAccesses = 5_000;

    private static readonly FrozenDictionary<(string Kind, string Key), Listed> Bindings = Load();

    public static bool Is(RbacSnapshot snapshot, BindingItem binding, ServiceAccountName account) =>
        Bindings.TryGetValue((binding.Kind, binding.Key), out var listed)
        && account == new ServiceAccountName(Namespace, listed.Account)
        && binding.RoleRef?.Name == binding.Source.Metadata.Name
        && binding.RoleRef.Kind == binding.Kind.Replace("Binding", "", StringComparison.Ordinal)
        && binding.Subjects.All(subject => IsOf(subject, account))
        && IsKept(binding.Source)
        && snapshot.RoleOf(binding) is { Aggregated: false } role
        && IsKept(role.Source)
        && HoldsNoMoreThan(role.Rules, listed.Powers ?? []);

    // Beside its account a controller has a user of the same name, for when it does not use one account each.
    private static bool IsOf(Rbacv1Subject subject, ServiceAccountName account) =>
        Subjects.AccountOf(subject) == account || (subject.Kind == "User" && subject.Name == $"system:{account.Name}");

    // With the annotation the API server puts back what is missing; who takes it off wants the object to be his own.
    private static bool IsKept(IKubernetesObject<V1ObjectMeta> item) =>
        item.Metadata.Labels?.TryGetValue("kubernetes.io/bootstrapping", out var label) == true && label == "rbac-defaults"
        && item.Metadata.Annotations?.TryGetValue("rbac.authorization.kubernetes.io/autoupdate", out var kept) == true && kept == "true";

    private static bool HoldsNoMoreThan(IReadOnlyList<V1PolicyRule> rules, IReadOnlyList<string> powers) =>
        rules.All(rule => rule.NonResourceURLs is not { Count: > 0 })
        && rules.Sum(rule => (double)(rule.Verbs?.Count ?? 0) * (rule.ApiGroups?.Count ?? 0) * (rule.Resources?.Count ?? 0) * Math.Max(1, rule.ResourceNames?.Count ?? 0)) <= MaxAccesses
        && rules.SelectMany(Rules.AccessesOf).Where(TakesOver).All(access => powers.Contains(Text(access)));

    private static string Text(Access access) =>
        $"{access.Group}/{access.Resource}:{access.Verb}{(access.Name is null ? "" : $" {access.Name}")}";

    /// <summary>Whether the access leads to other access: to all, to others' credentials, into their containers, or past RBAC.</summary>
    private static bool TakesOver(Access access) =>
        access.Verb is "*" or "escalate" or "bind" or "impersonate" or "approve" or "sign"
        || access.Group == "*"
        || access.Resource.Contains('*', StringComparison.Ordinal)
        || access.Resource is "secrets" or "serviceaccounts/token" or "certificatesigningrequests/approval"
            or "pods/exec" or "pods/attach" or "pods/portforward" or "pods/proxy" or "pods/ephemeralcontainers" or "services/proxy" or "nodes/proxy"
        || (access.Group is "rbac.authorization.k8s.io" or "admissionregistration.k8s.io" or "apiregistration.k8s.io" && access.Verb is not ("get" or "list" or "watch"));

    private static FrozenDictionary<(string Kind, string Key), Listed> Load()
    {
        using var stream = typeof(KubernetesOwn).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded.");
        var file = JsonSerializer.Deserialize<File>(stream, JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{Resource} is empty.");
        return file.Bindings.ToFrozenDictionary(listed => (listed.Kind, listed.Key));
    }

    private sealed record File(IReadOnlyList<Listed> Bindings);

    /// <param name="Account">The controller's account in kube-system.</param>
    /// <param name="Powers">What its role may hold of the powers to take over, as <c>group/resource:verb</c>, with a space and a name when it is of one object.</param>
    private sealed record Listed(string Kind, string Key, string Account, IReadOnlyList<string>? Powers);
}
