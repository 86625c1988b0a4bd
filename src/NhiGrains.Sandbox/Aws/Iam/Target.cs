using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>What a call is about, as policies see it.</summary>
internal static class Target
{
    // Operations on the caller's own user, when they name none.
    private static readonly string[] OnOneself = ["GetUser", "CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey"];

    /// <summary>The ARN of the user, group or role that <c>UserName</c>, <c>GroupName</c> or <c>RoleName</c> names.</summary>
    public static Func<Call, string> Entity(EntityKind kind) => call =>
    {
        var name = Name(call, kind);
        return call.Account.State.Newest.Find(kind, name)?.Arn ?? call.Account.Arns.Entity(kind, "/", name);
    };

    public static Func<Call, string> New(EntityKind kind) => call =>
        call.Account.Arns.Entity(kind, call.Parameters.Optional("Path", Shapes.Path(), "/"), Name(call, kind));

    /// <summary>A list is asked for on the path that it is limited to.</summary>
    public static Func<Call, string> All(EntityKind kind) => call =>
        call.Account.Arns.Entity(kind, call.Parameters.Optional("PathPrefix", Shapes.PathPrefix(), "/"), "");

    public static string Policy(Call call) => call.Parameters.Required("PolicyArn", Shapes.Arn());

    public static string Everything(Call call) => "*";

    /// <summary>The tags that the user or role has, for conditions.</summary>
    public static Func<Call, RequestContext> Tags(EntityKind kind) => call =>
        call.Account.State.Newest.Find(kind, Name(call, kind)) is Principal principal
            ? RequestContext.Empty.With(principal.Tags, "aws:ResourceTag/").With(principal.Tags, "iam:ResourceTag/")
            : RequestContext.Empty;

    /// <summary>The name; where it may be left out, and is, the caller's own.</summary>
    public static string Name(Call call, EntityKind kind)
    {
        var (parameter, shape) = ($"{kind}Name", kind == EntityKind.Group ? Shapes.LongName() : Shapes.Name());
        return call.Parameters.Optional(parameter) is null && call.Caller.Principal is User caller && OnOneself.Contains(call.Parameters.Optional("Action"))
            ? caller.Name
            : call.Parameters.Required(parameter, shape);
    }
}
