using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>
/// From entitlements to RBAC: for each namespace one Role and RoleBinding of the identity, and for what belongs to the cluster
/// one ClusterRole and ClusterRoleBinding. Pure.
/// </summary>
internal static class Compiler
{
    public static Translation Compile(CompileRequest request, string platform, Capabilities capabilities)
    {
        var draft = new Draft();
        foreach (var wanted in request.Entitlements)
        {
            if (Add(draft, wanted, request.ControllerEndAllowed, platform) is { } refusal)
                return new(new Fidelity.Refused(refusal), []);
        }

        return ServiceAccountName.TryParse(request.Binding.Principal) is { } account
            ? new(draft.Fidelity(capabilities.ControllerLag), ObjectsOf(draft, request.IdentityId, account))
            : new(new Fidelity.Refused(Refusals.Principal), []);
    }

    /// <summary>What each entitlement gives and where: the namespace, or null for the cluster. Nothing of what is refused.</summary>
    public static IReadOnlyList<(string? Namespace, Access Access)> AccessesOf(IEnumerable<Entitlement> entitlements, string platform)
    {
        var draft = new Draft();
        foreach (var entitlement in entitlements)
        {
            // A refused entitlement was never applied, so nothing is to be asked about it.
            var alone = new Draft();
            if (Add(alone, new DesiredEntitlement(entitlement, "", EndsAt: null), endAllowed: true, platform) is null)
                draft.Include(alone);
        }

        return [.. draft.Accesses];
    }

    private static Refusal? Add(Draft draft, DesiredEntitlement wanted, bool endAllowed, string platform)
    {
        var entitlement = wanted.Entitlement;
        if (entitlement.Platform != platform)
            return Refusals.OtherPlatform(entitlement.Platform, platform);
        if (Refusals.OfConditions(entitlement.Conditions) is { } condition)
            return condition;
        var ends = wanted.EndsAt is not null || entitlement.Conditions.NotAfter is not null;
        if (ends && !endAllowed)
            return Refusals.EndNotAllowed;
        draft.KeepWindow(ends, entitlement.Conditions.NotBefore is not null);
        return entitlement.Resources
            .Select(resource => SelectorCompiler.Add(draft, entitlement, resource, ends))
            .Append(NativeActions.Check(entitlement))
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static NativeObject[] ObjectsOf(Draft draft, string identityId, ServiceAccountName account)
    {
        var name = Marker.NameOf(identityId);
        var subject = Subjects.Text(account);
        var objects = draft.Accesses.GroupBy(access => access.Namespace).SelectMany(scope =>
        {
            var key = scope.Key is null ? name : $"{scope.Key}/{name}";
            var (role, binding) = scope.Key is null ? ("ClusterRole", "ClusterRoleBinding") : ("Role", "RoleBinding");
            var rules = Rules.Of(scope.Select(access => access.Access).ToHashSet());
            return new[]
            {
                new NativeObject(role, key, Bodies.Text(new RoleBody(rules))),
                new NativeObject(binding, key, Bodies.Text(new BindingBody($"{role}/{name}", [subject]))),
            };
        });
        return [.. objects.OrderBy(o => o.Kind, StringComparer.Ordinal).ThenBy(o => o.Key, StringComparer.Ordinal)];
    }
}
