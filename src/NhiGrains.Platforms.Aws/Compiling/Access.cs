namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>The smallest piece of access that a policy can say.</summary>
/// <param name="Arn">Of a resource, or with a star at its end.</param>
/// <param name="OwnerKey">The condition key that has to hold our account; null when the ARN names it.</param>
/// <param name="Prefix">The condition key and the prefix that a listing is narrowed to; null when it is not.</param>
internal readonly record struct Access(string Action, string Arn, string? OwnerKey = null, (string Key, string Prefix)? Prefix = null);
