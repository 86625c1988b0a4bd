namespace NhiGrains.Sandbox.Aws;

/// <summary>Quotas of an account. The defaults are AWS's own; some of them AWS raises when it is asked.</summary>
/// <param name="InlineOfRole">In characters, white space apart, over all inline policies of one role.</param>
/// <param name="InlineOfUser">The same of one user.</param>
/// <param name="InlineOfGroup">The same of one group.</param>
/// <param name="Trust">In characters, white space apart, of one trust policy.</param>
/// <param name="Managed">The same of one managed policy.</param>
/// <param name="Attached">Managed policies on one user, role or group.</param>
public sealed record AwsLimits(
    int Roles = 1_000,
    int Users = 5_000,
    int Groups = 300,
    int Policies = 1_500,
    int KeysOfUser = 2,
    int InlineOfRole = 10_240,
    int InlineOfUser = 2_048,
    int InlineOfGroup = 5_120,
    int Trust = 2_048,
    int Managed = 6_144,
    int Attached = 10,
    int Tags = 50,
    int GroupsOfUser = 10);
