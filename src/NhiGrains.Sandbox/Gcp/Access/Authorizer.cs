using NhiGrains.Sandbox.Gcp.Conditions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.Roles;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Access;

/// <summary>Answers whether a principal may do something: any binding of the resource's policy or of the project's gives it.</summary>
internal static class Authorizer
{
    public static bool Allows(ProjectState state, Principal who, string permission, Target target, DateTimeOffset now) =>
        who.IsAdministrator || target.Policies.Any(name => state.PolicyOf(name).Bindings.Any(binding =>
            Gives(binding, permission, state) && Names(binding, who, target, state) && Holds(binding, target, now)));

    /// <exception cref="GoogleError">403, which names the permission and the resource.</exception>
    public static void Demand(ProjectState state, Principal who, string permission, Target target, DateTimeOffset now)
    {
        if (!Allows(state, who, permission, target, now))
            throw GoogleError.Denied(permission, target.Shown);
    }

    public static bool Gives(Binding binding, string permission, ProjectState state) =>
        RoleBook.PermissionsOf(binding.Role, state).Contains(permission);

    public static bool Names(Binding binding, Principal who, Target target, ProjectState state) =>
        binding.Members.Any(member => who.Is(member, role => HasBasic(who, role, target, state)));

    public static bool Holds(Binding binding, Target target, DateTimeOffset now) =>
        binding.Condition?.Holds(new ConditionContext(now, target.Name, target.Type, target.Service, target.ObjectListPrefix)) ?? true;

    private static bool HasBasic(Principal who, string role, Target target, ProjectState state) =>
        state.PolicyOf(target.Policies[^1]).Bindings.Any(binding =>
            binding.Role == role && binding.Members.Any(member => who.Is(member, _ => false)));
}
