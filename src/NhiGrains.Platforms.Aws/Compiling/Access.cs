namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>The smallest piece of access that a policy can say.</summary>
/// <param name="Arn">Of a resource, or with a star at its end.</param>
/// <param name="Prefix">The condition key and the prefix that a listing is narrowed to; null when it is not.</param>
internal readonly record struct Access(string Action, string Arn, (string Key, string Prefix)? Prefix = null);
